// SPDX-License-Identifier: MIT
// Elements over time: as many frames come out as go in, in order, each with its own times, and
// nothing of what was before a seek.
#include <algorithm>
#include <random>

#include "element_time_frames.h"

namespace convolve::test {
namespace {

const std::string kCaps = caps_text("I420", 24, 16);

struct Case {
  Values values;
  std::string launch;
  int depth;
  int after;
  int waits = after;  ///< frames that the first output waits for
};

const Case kCases[] = {
    {{{"kernel", "box(1x1x5)"}}, "convkernel3d kernel=box(1x1x5)", 5, 2},
    {{}, "convkernel3d", 3, 1},
    {{{"kernel", "1 2|3 4|5 6|7 8"}, {"time-border", "reflect-101"}},
     "convkernel3d kernel=\"1 2|3 4|5 6|7 8\" time-border=reflect-101",
     4,
     1,
     2},
    {{{"kernel", "box(3x1x3)"}, {"alignment", "causal"}, {"time-border", "constant"}},
     "convkernel3d kernel=box(3x1x3) alignment=causal time-border=constant",
     3,
     0},
};

TEST(OverTime, AsManyFramesComeOutAsGoIn) {
  const GstVideoInfo info = info_of(kCaps);
  for (const Case& one : kCases) {
    for (const int count : {1, 2, one.depth - 1, one.depth, 100}) {
      Bench bench(one.launch);
      bench.set_caps(kCaps);
      std::vector<BufferPtr> stream;
      for (int i = 0; i < count; ++i) {
        stream.push_back(noise_frame(info, i));
        GST_BUFFER_OFFSET(stream.back().get()) = static_cast<guint64>(i);
        if (i % 3 == 1) GST_BUFFER_FLAG_SET(stream.back().get(), GST_BUFFER_FLAG_DELTA_UNIT);
        ASSERT_EQ(bench.push(BufferPtr(gst_buffer_ref(stream.back().get()))), GST_FLOW_OK);
        EXPECT_EQ(gst_harness_buffers_received(bench.harness()),
                  static_cast<guint>(i < one.waits ? 0 : i + 1 - one.after));
      }
      end_stream(bench);
      const std::vector<BufferPtr> out = pull_all(bench);
      const auto expected = expected_stream(one.values, info, stream);
      ASSERT_EQ(out.size(), stream.size()) << one.launch;
      for (std::size_t i = 0; i < out.size(); ++i) {
        SCOPED_TRACE(one.launch + ", frame " + std::to_string(i) + " of " + std::to_string(count));
        EXPECT_EQ(GST_BUFFER_PTS(out[i].get()), GST_BUFFER_PTS(stream[i].get()));
        EXPECT_EQ(GST_BUFFER_DURATION(out[i].get()), 40 * GST_MSECOND);
        EXPECT_EQ(GST_BUFFER_FLAG_IS_SET(out[i].get(), GST_BUFFER_FLAG_DELTA_UNIT), i % 3 == 1);
        ASSERT_TRUE(samples_of(info, out[i].get()) == expected[i]);
      }
      EXPECT_TRUE(bench.errors().empty());
    }
  }
}

TEST(OverTime, AFlushForgetsThePast) {
  const GstVideoInfo info = info_of(caps_text("GRAY8", 16, 8));
  std::mt19937 random(20240229);
  for (const char* launch :
       {"convkernel3d kernel=box(1x1x5)", "convkernel3d kernel=box(3x3x4) alignment=causal"}) {
    Bench bench(launch);
    bench.set_caps(caps_text("GRAY8", 16, 8));
    for (int seek = 0; seek < 500; ++seek) {
      const auto level = static_cast<guint8>(1 + random() % 255);
      const int count = static_cast<int>(random() % 9);
      for (int i = 0; i < count; ++i) {
        ASSERT_EQ(bench.push(flat_frame(info, level, i)), GST_FLOW_OK);
      }
      for (const BufferPtr& out : pull_all(bench)) {
        const auto samples = samples_of(info, out.get());
        ASSERT_TRUE(std::all_of(samples.begin(), samples.end(),
                                [&](std::byte b) { return b == std::byte{level}; }))
            << launch << ", seek " << seek;
      }
      flush(bench);
      pull_all(bench);
    }
    EXPECT_TRUE(bench.errors().empty());
  }
}

TEST(OverTime, ADiscontinuityBeginsAnewAndLosesNoFrame) {
  const GstVideoInfo info = info_of(caps_text("GRAY8", 16, 8));
  Bench bench("convkernel3d kernel=box(1x1x5)");
  bench.set_caps(caps_text("GRAY8", 16, 8));
  for (int i = 0; i < 40; ++i) {
    BufferPtr frame = flat_frame(info, static_cast<guint8>(10 * (i / 4) + 3), i);
    if (i % 4 == 0) GST_BUFFER_FLAG_SET(frame.get(), GST_BUFFER_FLAG_DISCONT);
    ASSERT_EQ(bench.push(std::move(frame)), GST_FLOW_OK);
  }
  end_stream(bench);
  const std::vector<BufferPtr> out = pull_all(bench);
  ASSERT_EQ(out.size(), 40U);
  for (int i = 0; i < 40; ++i) {
    const BufferPtr& frame = out[static_cast<std::size_t>(i)];
    EXPECT_EQ(number_of(frame.get()), i);
    EXPECT_EQ(GST_BUFFER_IS_DISCONT(frame.get()), i % 4 == 0) << i;
    EXPECT_EQ(samples_of(info, frame.get()).front(), std::byte(10 * (i / 4) + 3)) << i;
  }
}

TEST(OverTime, ChangesLoseNoFrame) {
  const char* const kernels[] = {"box(1x1x3)", "identity",   "box(3x3x5)", "1|2|1",
                                 "0|1|0",      "box(1x1x4)", "box(3)"};
  const std::string formats[] = {"I420", "GRAY8", "RGB"};
  std::mt19937 random(7);
  Bench bench("convkernel3d");
  std::string caps = caps_text("I420", 24, 16);
  bench.set_caps(caps);
  std::vector<gsize> sizes;
  for (int i = 0; i < 600; ++i) {
    if (random() % 7 == 0) {
      g_object_set(bench.element(), "kernel", kernels[random() % 7], nullptr);
    }
    if (random() % 11 == 0) {
      g_object_set(bench.element(), "alignment", static_cast<int>(random() % 2), nullptr);
    }
    if (random() % 11 == 0) {
      g_object_set(bench.element(), "operation", static_cast<int>(random() % 2), nullptr);
    }
    if (random() % 5 == 0) {
      g_object_set(bench.element(), "time-border", static_cast<int>(random() % 3), nullptr);
    }
    if (random() % 9 == 0) {
      g_object_set(bench.element(), "scale", 1.0 + static_cast<double>(random() % 3), nullptr);
    }
    if (random() % 13 == 0) {
      caps = caps_text(formats[random() % 3], 8 * static_cast<int>(1 + random() % 4), 16);
      bench.set_caps(caps);
    }
    const GstVideoInfo info = info_of(caps);
    ASSERT_EQ(bench.push(noise_frame(info, i)), GST_FLOW_OK);
    sizes.push_back(GST_VIDEO_INFO_SIZE(&info));
  }
  end_stream(bench);
  const std::vector<BufferPtr> out = pull_all(bench);
  ASSERT_EQ(out.size(), 600U);
  for (std::size_t i = 0; i < out.size(); ++i) {
    ASSERT_EQ(number_of(out[i].get()), static_cast<int>(i));
    EXPECT_GE(gst_buffer_get_size(out[i].get()), sizes[i]) << "a frame of its own caps";
    const GstVideoMeta* const layout = gst_buffer_get_video_meta(out[i].get());
    if (layout != nullptr) {
      EXPECT_LE(gst_buffer_get_size(out[i].get()), 2 * sizes[i] + 16384);
    }
  }
  EXPECT_TRUE(bench.errors().empty());
}

// What lies beyond the ends acts from the next output on, and frames that wait go on waiting.
TEST(OverTime, BordersAndScenesChangeWithoutAPause) {
  const std::string caps = caps_text("GRAY8", 16, 4);
  const GstVideoInfo info = info_of(caps);
  Bench bench("convkernel3d kernel=box(1x1x5)");
  bench.set_caps(caps);
  const auto levels = [&] {
    std::vector<int> all;
    for (const BufferPtr& out : pull_all(bench)) {
      all.push_back(static_cast<int>(samples_of(info, out.get()).front()));
    }
    return all;
  };
  int number = 0;
  const auto push = [&](int level) {
    ASSERT_EQ(bench.push(flat_frame(info, static_cast<guint8>(level), number++)), GST_FLOW_OK);
  };
  for (const int level : {0, 50, 100}) push(level);
  EXPECT_EQ(levels(), std::vector<int>{30}) << "0 0 0 50 100";

  gst_util_set_object_arg(G_OBJECT(bench.element()), "time-border", "constant");
  push(150);
  EXPECT_EQ(levels(), std::vector<int>{60}) << "black 0 50 100 150: two frames still wait";

  g_object_set(bench.element(), "scene-cut", 0.1, nullptr);
  push(200);
  EXPECT_EQ(levels(), std::vector<int>{60}) << "0 50 100 150, and 200 is of another scene";

  g_object_set(bench.element(), "scene-cut", 0.0, nullptr);
  gst_util_set_object_arg(G_OBJECT(bench.element()), "time-border", "replicate");
  push(200);
  EXPECT_EQ(levels(), std::vector<int>{120}) << "50 100 150 150 150";
  end_stream(bench);
  EXPECT_EQ(levels(), (std::vector<int>{200, 200})) << "the second scene";
  EXPECT_TRUE(bench.errors().empty());
}

TEST(OverTime, UpstreamHearsNothingOfBordersInTime) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convkernel3d");
  bench.set_caps(kCaps);
  for (int i = 0; i < 3; ++i) bench.push(noise_frame(info, i));
  while (GstEvent* const event = gst_harness_try_pull_upstream_event(bench.harness())) {
    gst_event_unref(event);
  }
  gst_util_set_object_arg(G_OBJECT(bench.element()), "time-border", "constant");
  g_object_set(bench.element(), "scene-cut", 0.5, nullptr);
  for (int i = 3; i < 6; ++i) bench.push(noise_frame(info, i));
  while (GstEvent* const event = gst_harness_try_pull_upstream_event(bench.harness())) {
    EXPECT_NE(GST_EVENT_TYPE(event), GST_EVENT_RECONFIGURE);
    gst_event_unref(event);
  }
}

// The frames that were there before the caps changed keep their size.
TEST(OverTime, CapsChangeAfterTheLastFrameOfTheOldOnes) {
  Bench bench("convkernel3d kernel=box(1x1x7)");
  int number = 0;
  for (const int width : {8, 24, 16}) {
    const std::string caps = caps_text("GRAY8", width, 4);
    bench.set_caps(caps);
    const GstVideoInfo info = info_of(caps);
    std::vector<BufferPtr> stream;
    for (int i = 0; i < 5; ++i) {
      stream.push_back(noise_frame(info, number++));
      bench.push(BufferPtr(gst_buffer_ref(stream.back().get())));
    }
    EXPECT_EQ(gst_harness_buffers_in_queue(bench.harness()), 2U);
    // Caps with another rate drain; then these caps are still the output's.
    bench.set_caps(caps_text("GRAY8", width, 4) + ", multiview-mode=mono");
    const auto expected = expected_stream({{"kernel", "box(1x1x7)"}}, info, stream);
    const std::vector<BufferPtr> out = pull_all(bench);
    ASSERT_EQ(out.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_TRUE(samples_of(info, out[i].get()) == expected[i]) << width << " " << i;
    }
  }
}

TEST(OverTime, EventsDoNotOvertakeFrames) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convkernel3d kernel=box(1x1x5)");
  bench.set_caps(kCaps);
  for (int i = 0; i < 4; ++i) bench.push(noise_frame(info, i));
  EXPECT_EQ(gst_harness_buffers_in_queue(bench.harness()), 2U);
  gst_harness_push_event(bench.harness(), gst_event_new_gap(160 * GST_MSECOND, 40 * GST_MSECOND));
  EXPECT_EQ(gst_harness_buffers_in_queue(bench.harness()), 4U);
  for (int i = 5; i < 8; ++i) bench.push(noise_frame(info, i));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.base = GST_SECOND;
  gst_harness_push_event(bench.harness(), gst_event_new_segment(&segment));
  EXPECT_EQ(gst_harness_buffers_in_queue(bench.harness()), 7U);
  // A query that wants buffers back gets them.
  for (int i = 8; i < 11; ++i) bench.push(noise_frame(info, i));
  EXPECT_EQ(gst_harness_buffers_in_queue(bench.harness()), 8U);
  GstQuery* const query = gst_query_new_drain();
  gst_pad_peer_query(bench.harness()->srcpad, query);
  gst_query_unref(query);
  EXPECT_EQ(gst_harness_buffers_in_queue(bench.harness()), 10U);
}

TEST(OverTime, MetasAreThoseOfTheCentreFrame) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convkernel3d");
  bench.set_caps(kCaps);
  for (guint i = 0; i < 6; ++i) {
    BufferPtr frame = noise_frame(info, static_cast<int>(i));
    gst_buffer_add_video_region_of_interest_meta(frame.get(), "face", i, 1, 4, 4);
    bench.push(std::move(frame));
  }
  end_stream(bench);
  guint number = 0;
  for (const BufferPtr& out : pull_all(bench)) {
    const auto* const region = reinterpret_cast<const GstVideoRegionOfInterestMeta*>(
        gst_buffer_get_meta(out.get(), GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE));
    ASSERT_NE(region, nullptr);
    EXPECT_EQ(region->x, number++);
  }
  EXPECT_EQ(number, 6U);
}

// What is newest in reverse playback is oldest in the film.
TEST(OverTime, PlaysBackwards) {
  const std::string caps = caps_text("GRAY8", 16, 4);
  const GstVideoInfo info = info_of(caps);
  Bench bench("convkernel3d kernel=\"-1|1\" normalize=false response=offset");
  bench.set_caps(caps);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.rate = -1;
  segment.stop = 10 * GST_SECOND;
  gst_harness_push_event(bench.harness(), gst_event_new_segment(&segment));
  for (int i = 5; i >= 0; --i) bench.push(flat_frame(info, static_cast<guint8>(10 * i), i));
  end_stream(bench);
  const std::vector<BufferPtr> out = pull_all(bench);
  ASSERT_EQ(out.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(number_of(out[i].get()), 5 - static_cast<int>(i));
    EXPECT_EQ(samples_of(info, out[i].get()).front(), std::byte(i < 5 ? 138 : 128));
  }
}

TEST(OverTime, SingleFieldsAreRefused) {
  Bench bench("convkernel3d");
  gst_harness_set_src_caps_str(
      bench.harness(),
      "video/x-raw(format:Interlaced), format=I420, width=16, height=16, framerate=25/1, "
      "interlace-mode=alternate");
  const std::vector<std::string> errors = bench.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].find("deinterlace"), std::string::npos);
}

}  // namespace
}  // namespace convolve::test
