// SPDX-License-Identifier: MIT
// What holding frames back means for those beside an element: latency, lateness, buffers, memory.
#include "element_time_frames.h"

namespace convolve::test {
namespace {

const std::string kCaps = caps_text("I420", 24, 16);

bool heard_of_latency(Bench& bench) {
  GstBus* const bus = gst_element_get_bus(bench.element());
  bool heard = false;
  while (GstMessage* message = gst_bus_pop_filtered(bus, GST_MESSAGE_LATENCY)) {
    heard = true;
    gst_message_unref(message);
  }
  gst_object_unref(bus);
  return heard;
}

TEST(HeldBack, LatencyIsThatOfTheFramesHeldBack) {
  Bench bench("convkernel3d kernel=box(1x1x5)");
  const GstVideoInfo info = info_of(kCaps);
  bench.set_caps(kCaps);
  EXPECT_EQ(gst_harness_query_latency(bench.harness()), 80 * GST_MSECOND);
  EXPECT_TRUE(heard_of_latency(bench));
  bench.push(noise_frame(info, 0));
  EXPECT_FALSE(heard_of_latency(bench));
  g_object_set(bench.element(), "kernel", "box(1x1x9)", nullptr);
  bench.push(noise_frame(info, 1));
  EXPECT_EQ(gst_harness_query_latency(bench.harness()), 160 * GST_MSECOND);
  EXPECT_TRUE(heard_of_latency(bench));
  gst_util_set_object_arg(G_OBJECT(bench.element()), "alignment", "causal");
  bench.push(noise_frame(info, 2));
  EXPECT_EQ(gst_harness_query_latency(bench.harness()), 0U);
  EXPECT_TRUE(heard_of_latency(bench));
  gst_util_set_object_arg(G_OBJECT(bench.element()), "alignment", "centred");
  bench.set_caps("video/x-raw, format=I420, width=24, height=16, framerate=50/1");
  EXPECT_EQ(gst_harness_query_latency(bench.harness()), 80 * GST_MSECOND);
  g_object_set(bench.element(), "kernel", "identity", nullptr);
  bench.push(noise_frame(info, 3));
  EXPECT_EQ(gst_harness_query_latency(bench.harness()), 0U);
}

TEST(HeldBack, LatencyOfAnUnknownRateIsMeasured) {
  Bench bench("convkernel3d kernel=box(1x1x5)");
  const std::string caps = "video/x-raw, format=GRAY8, width=16, height=8, framerate=0/1";
  bench.set_caps(caps);
  EXPECT_EQ(gst_harness_query_latency(bench.harness()), 0U);
  for (int i = 0; i < 3; ++i) {
    BufferPtr frame = noise_frame(info_of(caps), i);
    GST_BUFFER_DURATION(frame.get()) = GST_CLOCK_TIME_NONE;
    bench.push(std::move(frame));
  }
  EXPECT_EQ(gst_harness_query_latency(bench.harness()), 80 * GST_MSECOND);
}

// Frames whose time is over give no output, but others are made of them.
TEST(HeldBack, LateFramesStillCount) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convkernel3d kernel=box(1x1x5)");
  bench.set_caps(kCaps);
  std::vector<BufferPtr> stream;
  const auto push = [&](int number) {
    stream.push_back(noise_frame(info, number));
    EXPECT_EQ(bench.push(BufferPtr(gst_buffer_ref(stream.back().get()))), GST_FLOW_OK);
  };
  for (int i = 0; i < 5; ++i) push(i);
  // Frames up to the seventh are beyond their time.
  gst_harness_push_upstream_event(
      bench.harness(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2.0, 0, 7 * 40 * GST_MSECOND));
  for (int i = 5; i < 15; ++i) push(i);
  end_stream(bench);
  const auto expected = expected_stream({{"kernel", "box(1x1x5)"}}, info, stream);
  const std::vector<BufferPtr> out = pull_all(bench);
  ASSERT_GE(out.size(), 8U);
  int last = -1;
  for (const BufferPtr& frame : out) {
    const int number = number_of(frame.get());
    EXPECT_GT(number, last);
    EXPECT_TRUE(number < 3 || number > 7) << number;
    EXPECT_TRUE(samples_of(info, frame.get()) == expected[static_cast<std::size_t>(number)])
        << number;
    last = number;
  }
  EXPECT_EQ(last, 14);
}

// Windows of odd and even length, of which reflection needs more on one side.
const struct {
  const char* launch;
  int slices;
} kWindows[] = {
    {"convkernel3d kernel=box(1x1x9)", 9},
    {"convkernel3d kernel=box(1x1x9) time-border=reflect-101", 9},
    {"convkernel3d kernel=box(1x1x6) time-border=reflect-101", 6},
    {"convkernel3d kernel=box(1x1x6) time-border=reflect-101 operation=convolution", 6},
    {"convkernel3d kernel=box(1x1x6) operation=convolution", 6},
    {"convkernel3d kernel=box(1x1x6) time-border=reflect-101 scene-cut=0.05", 6},
    {"convkernel3d kernel=box(1x1x6) time-border=reflect-101 operation=convolution scene-cut=0.05",
     6},
    {"convkernel3d kernel=box(1x1x2) time-border=reflect-101", 2},
    {"convkernel3d kernel=box(1x1x2) time-border=reflect-101 operation=convolution scene-cut=0.05",
     2},
};

TEST(HeldBack, APoolOfFewBuffersSuffices) {
  const GstVideoInfo info = info_of(kCaps);
  for (const auto& [launch, slices] : kWindows) {
    GstBufferPool* const pool = gst_video_buffer_pool_new();
    GstStructure* const config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, caps_of(kCaps).get(),
                                      static_cast<guint>(GST_VIDEO_INFO_SIZE(&info)), 2, 2);
    ASSERT_TRUE(gst_buffer_pool_set_config(pool, config));
    gst_buffer_pool_set_active(pool, TRUE);
    {
      Bench bench(launch);
      bench.set_caps(kCaps);
      GstBufferPoolAcquireParams params{};
      params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
      for (int i = 0; i < 40; ++i) {
        GstBuffer* buffer = nullptr;
        ASSERT_EQ(gst_buffer_pool_acquire_buffer(pool, &buffer, &params), GST_FLOW_OK)
            << launch << ", frame " << i;
        ASSERT_EQ(bench.push(timed(BufferPtr(buffer), i)), GST_FLOW_OK);
      }
      end_stream(bench);
      EXPECT_EQ(pull_all(bench).size(), 40U);
    }
    gst_buffer_pool_set_active(pool, FALSE);
    gst_object_unref(pool);
  }
}

int alive = 0;
void buffer_gone(gpointer, GstMiniObject*) { --alive; }

// As many as are held while upstream makes the next one, and no more than the kernel has slices.
TEST(HeldBack, AsksForTheBuffersThatItHolds) {
  const GstVideoInfo info = info_of(kCaps);
  for (const auto& [launch, slices] : kWindows) {
    alive = 0;
    int most = 0;
    guint asked = 0;
    {
      Bench bench(launch);
      bench.set_caps(kCaps);
      GstQuery* const query = gst_query_new_allocation(caps_of(kCaps).get(), TRUE);
      ASSERT_TRUE(gst_pad_peer_query(bench.harness()->srcpad, query));
      ASSERT_GT(gst_query_get_n_allocation_pools(query), 0U);
      gst_query_parse_nth_allocation_pool(query, 0, nullptr, nullptr, &asked, nullptr);
      gst_query_unref(query);
      for (int i = 0; i < 200; ++i) {
        // Upstream does not hear of it, and the number must do all the same.
        if (i == 100) {
          gst_util_set_object_arg(G_OBJECT(bench.element()), "time-border", "reflect-101");
        }
        // A scene begins every 8 frames.
        BufferPtr frame = flat_frame(info, static_cast<guint8>(i / 8 % 2 * 100 + 50), i);
        ++alive;
        gst_mini_object_weak_ref(GST_MINI_OBJECT_CAST(frame.get()), buffer_gone, nullptr);
        ASSERT_EQ(bench.push(std::move(frame)), GST_FLOW_OK);
        while (bench.pull()) {
        }
        most = std::max(most, alive);
        EXPECT_LE(alive, slices) << launch << ", frame " << i;
      }
    }
    EXPECT_EQ(alive, 0);
    EXPECT_GE(asked, static_cast<guint>(most)) << launch;
  }
}

}  // namespace
}  // namespace convolve::test
