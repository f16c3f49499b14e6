// SPDX-License-Identifier: MIT
// What elements agree on with their neighbours: sizes, formats, memory, and clear words where they
// cannot.
#include <cstdint>
#include <ostream>

#include "element_harness.h"

namespace convolve::test {
namespace {

int field_of(const CapsPtr& caps, const char* name) {
  int value = -1;
  if (caps) gst_structure_get_int(gst_caps_get_structure(caps.get(), 0), name, &value);
  return value;
}

std::string text_of(const CapsPtr& caps, const char* name) {
  const GstStructure* const structure = gst_caps_get_structure(caps.get(), 0);
  const GValue* const value = gst_structure_get_value(structure, name);
  if (value == nullptr) return "";
  char* const text = gst_value_serialize(value);
  const std::string result = text == nullptr ? "" : text;
  g_free(text);
  return result;
}

struct SizeCase {
  std::string filter;
  std::string launch;
  Values values;
  int width;
  int height;
};

TEST(Sizes, FollowTheFilterAndTheRestOfTheCapsStays) {
  const SizeCase cases[] = {
      {"kernel", "stride=2", {{"stride", "2"}}, 17, 11},
      {"kernel",
       "kernel=box(3) size-mode=valid",
       {{"kernel", "box(3)"}, {"size-mode", "valid"}},
       31,
       19},
      {"kernel",
       "kernel=box(4x3) size-mode=full",
       {{"kernel", "box(4x3)"}, {"size-mode", "full"}},
       36,
       23},
      {"kernel",
       "kernel=box(3) padding=5 stride=3",
       {{"kernel", "box(3)"}, {"padding", "5"}, {"stride", "3"}},
       14,
       10},
      {"upsample", "kernel=bicubic", {{"kernel", "bicubic"}}, 66, 42},
      {"upsample",
       "stride=3 kernel=box(3) padding=1",
       {{"stride", "3"}, {"kernel", "box(3)"}, {"padding", "1"}},
       97,
       61},
      {"pool", "operator=mean", {{"operator", "mean"}}, 16, 10},
      {"pool", "size=4 ceil-mode=true", {{"size", "4"}, {"ceil-mode", "true"}}, 9, 6},
  };
  for (const SizeCase& one : cases) {
    Bench bench("conv" + one.filter + " " + one.launch);
    const std::string caps =
        caps_text("I420", 33, 21,
                  "pixel-aspect-ratio=4/3, colorimetry=bt709, chroma-site=mpeg2, "
                  "mastering-display-info=(string)\"34000:16000:13250:34500:7500:3000:15635:16450:"
                  "10000000:1\", content-light-level=(string)\"1000:400\"");
    bench.set_caps(caps);
    const GstVideoInfo info = info_of(caps);
    BufferPtr input = noise_buffer(info, 1);
    const auto expected = expected_samples(one.filter, one.values, info, input.get());
    const BufferPtr output = bench.push_and_pull(std::move(input));
    ASSERT_NE(output, nullptr);
    const CapsPtr made = bench.output_caps();
    EXPECT_EQ(field_of(made, "width"), one.width) << one.launch;
    EXPECT_EQ(field_of(made, "height"), one.height) << one.launch;
    EXPECT_EQ(text_of(made, "pixel-aspect-ratio"), "4/3");
    EXPECT_EQ(text_of(made, "colorimetry"), "bt709");
    EXPECT_EQ(text_of(made, "chroma-site"), "mpeg2");
    EXPECT_EQ(text_of(made, "framerate"), "25/1");
    EXPECT_NE(text_of(made, "mastering-display-info"), "");
    EXPECT_NE(text_of(made, "content-light-level"), "");
    EXPECT_TRUE(samples_of(info_of(made.get()), output.get()) == expected) << one.launch;
  }
}

// What the element says it takes, where only `downstream` is taken from it.
CapsPtr taken(const std::string& launch, const std::string& downstream) {
  Bench bench(launch);
  gst_harness_set_sink_caps_str(bench.harness(), downstream.c_str());
  return CapsPtr(gst_pad_peer_query_caps(bench.harness()->srcpad, nullptr));
}

bool takes(const CapsPtr& caps, const std::string& wanted) {
  const CapsPtr other = caps_of(wanted);
  return gst_caps_can_intersect(caps.get(), other.get());
}

TEST(Sizes, AreWorkedOutFromTheOutputToo) {
  const CapsPtr halved = taken("convkernel stride=2", caps_text("I420", 17, 11));
  EXPECT_TRUE(takes(halved, caps_text("I420", 33, 21)));
  EXPECT_TRUE(takes(halved, caps_text("I420", 34, 22)));
  EXPECT_FALSE(takes(halved, caps_text("I420", 32, 21)));
  EXPECT_FALSE(takes(halved, caps_text("I420", 33, 23)));

  const CapsPtr doubled = taken("convupsample", caps_text("I420", 34, 22));
  EXPECT_TRUE(takes(doubled, caps_text("I420", 17, 11)));
  EXPECT_FALSE(takes(doubled, caps_text("I420", 18, 11)));
  EXPECT_FALSE(takes(doubled, caps_text("I420", 34, 22)));

  const CapsPtr pooled = taken("convpool size=3", caps_text("I420", 5, 4));
  EXPECT_TRUE(takes(pooled, caps_text("I420", 17, 12)));
  EXPECT_FALSE(takes(pooled, caps_text("I420", 18, 12)));

  const CapsPtr valid = taken("convkernel kernel=box(5) size-mode=valid",
                              "video/x-raw, format=I420, width=[1, 10], height=[1, max]");
  EXPECT_TRUE(takes(valid, caps_text("I420", 5, 2000)));
  EXPECT_TRUE(takes(valid, caps_text("I420", 14, 5)));
  EXPECT_FALSE(takes(valid, caps_text("I420", 15, 5)));
  // What is too small comes last: a source that can choose chooses another size.
  GstStructure* const first = gst_caps_get_structure(valid.get(), 0);
  gst_structure_fixate_field_nearest_int(first, "width", 1);
  int width = 0;
  EXPECT_TRUE(gst_structure_get_int(first, "width", &width));
  EXPECT_EQ(width, 5);
}

struct Refusal {
  std::string launch;
  std::string caps;
  std::string word;  ///< that the message must hold
};

void PrintTo(const Refusal& refusal, std::ostream* stream) {
  *stream << refusal.launch << " of " << refusal.caps;
}

class RefusedCaps : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedCaps, AreExplainedOnceInWords) {
  Bench bench(GetParam().launch);
  bench.set_caps(GetParam().caps);
  for (unsigned attempt = 0; attempt < 2; ++attempt) {
    EXPECT_NE(bench.push(noise_buffer(info_of(GetParam().caps), attempt)), GST_FLOW_OK);
  }
  const std::vector<std::string> errors = bench.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].find(GetParam().word), std::string::npos) << errors[0];
}

INSTANTIATE_TEST_SUITE_P(
    Caps, RefusedCaps,
    testing::Values(
        Refusal{"convkernel kernel=box(9) size-mode=valid", caps_text("I420", 8, 30), "8×30"},
        Refusal{"convkernel padding=65535", caps_text("I420", 64, 48),
                "131134×131118 is too large"},
        Refusal{"convpool size=9", caps_text("I420", 8, 30), "8×30 is too small: the least is 9×9"},
        Refusal{"convupsample stride=8", caps_text("GRAY8", 4096, 3072),
                "32768×24576 is too large"},
        Refusal{"convkernel kernel=box(3) stride=2",
                caps_text("I420", 8, 8, "interlace-mode=interleaved"), "interlaced"},
        Refusal{"convgaussian",
                caps_text("I420", 16, 8, "multiview-mode=side-by-side, multiview-flags=none"),
                "side-by-side"},
        Refusal{"convgaussian", caps_text("I420", 16, 8, "interlace-mode=fields"), "fields"}));

TEST(GreyscaleOutput, IsGrayWhereDownstreamTakesNothingElse) {
  for (const std::string format : {"I420", "NV12", "RGB", "BGRx", "YUY2"}) {
    const bool yuv = find_format(format)->family == ColorFamily::yuv;
    Bench bench("convsobel");
    gst_harness_set_sink_caps_str(bench.harness(), "video/x-raw, format=GRAY8");
    const std::string caps = caps_text(format, 19, 14, yuv ? "colorimetry=bt709" : "");
    bench.set_caps(caps);
    const GstVideoInfo info = info_of(caps);
    BufferPtr input = noise_buffer(info, 3);
    const auto whole = expected_samples("sobel", {}, info, input.get());
    const BufferPtr output = bench.push_and_pull(std::move(input));
    ASSERT_NE(output, nullptr) << format;
    const CapsPtr made = bench.output_caps();
    EXPECT_EQ(text_of(made, "format"), "GRAY8");
    EXPECT_EQ(text_of(made, "chroma-site"), "");
    // Luma keeps its codes, and with them its range.
    EXPECT_EQ(text_of(made, "colorimetry"), yuv ? "bt709" : "");
    const auto gray = samples_of(info_of(made.get()), output.get());
    // Luma comes first, and R is as good as G and B.
    EXPECT_TRUE(std::equal(gray.begin(), gray.end(), whole.begin())) << format;
    EXPECT_TRUE(bench.errors().empty());
  }
}

TEST(GreyscaleOutput, SaysItsRangeAlsoWhereTheInputDoesNot) {
  Bench bench("convsobel");
  gst_harness_set_sink_caps_str(bench.harness(), "video/x-raw, format=GRAY8");
  const std::string caps = caps_text("I420", 320, 240);
  bench.set_caps(caps);
  bench.push_and_pull(noise_buffer(info_of(caps), 1));
  const CapsPtr made = bench.output_caps();
  const GstVideoInfo info = info_of(made.get());
  EXPECT_EQ(GST_VIDEO_INFO_COLORIMETRY(&info).range, GST_VIDEO_COLOR_RANGE_16_235);
}

TEST(GreyscaleOutput, KeepsTheFormatWhereDownstreamTakesIt) {
  Bench bench("convsobel");
  gst_harness_set_sink_caps_str(bench.harness(), "video/x-raw, format={GRAY8, NV12, I420}");
  const std::string caps = caps_text("I420", 16, 16);
  bench.set_caps(caps);
  bench.push_and_pull(noise_buffer(info_of(caps), 1));
  EXPECT_EQ(text_of(bench.output_caps(), "format"), "I420");
}

TEST(GreyscaleOutput, IsNotOfferedByOtherColorModes) {
  const CapsPtr gray = taken("convsobel color-mode=luma", caps_text("GRAY8", 16, 16));
  EXPECT_FALSE(takes(gray, caps_text("I420", 16, 16)));
  EXPECT_TRUE(takes(gray, caps_text("GRAY8", 16, 16)));
  const CapsPtr grey = taken("convsobel", caps_text("GRAY16_LE", 16, 16));
  EXPECT_TRUE(takes(grey, caps_text("Y444_16LE", 16, 16)));
  EXPECT_FALSE(takes(grey, caps_text("I420", 16, 16)));
}

TEST(Passthrough, TakesRawVideoOfAnyKindAndHandsBuffersOn) {
  for (const std::string launch : {"convkernel", "convgaussian sigma=0"}) {
    for (const std::string& caps :
         {std::string(
              "video/x-raw(memory:GLMemory), format=RGBA, width=8, height=8, framerate=1/1"),
          caps_text("v210", 48, 8), caps_text("I420", 7, 5, "multiview-mode=side-by-side")}) {
      Bench bench(launch);
      bench.set_caps(caps);
      BufferPtr input(gst_buffer_new_allocate(nullptr, 64, nullptr));
      GstBuffer* const same = input.get();
      EXPECT_EQ(bench.push_and_pull(std::move(input)).get(), same) << launch << " " << caps;
      EXPECT_TRUE(bench.errors().empty());
    }
  }
  const CapsPtr blurred = taken("convgaussian", "video/x-raw(ANY)");
  EXPECT_FALSE(takes(blurred, "video/x-raw(memory:GLMemory), format=RGBA"));
  EXPECT_FALSE(takes(blurred, caps_text("v210", 48, 8)));
}

TEST(Passthrough, SwitchesBothWaysBetweenTwoFrames) {
  const std::string caps = caps_text("NV12", 24, 18);
  const GstVideoInfo info = info_of(caps);
  Bench bench("convgaussian sigma=0");
  bench.set_caps(caps);
  for (unsigned round = 0; round < 6; ++round) {
    const bool blurs = round % 2 == 1;
    g_object_set(bench.element(), "sigma", blurs ? 2.0 : 0.0, nullptr);
    BufferPtr input = noise_buffer(info, round);
    GstBuffer* const same = input.get();
    const auto expected =
        expected_samples("gaussian", {{"sigma", blurs ? "2" : "0"}}, info, input.get());
    const BufferPtr output = bench.push_and_pull(std::move(input));
    ASSERT_NE(output, nullptr);
    EXPECT_EQ(output.get() == same, !blurs) << round;
    EXPECT_TRUE(samples_of(info, output.get()) == expected) << round;
  }
}

TEST(Passthrough, SaysWhatIsWrongWhenTheFilterIsSwitchedOnForCapsItCannotTake) {
  Bench bench("convgaussian sigma=0");
  bench.set_caps("video/x-raw(memory:GLMemory), format=RGBA, width=8, height=8, framerate=1/1");
  bench.push_and_pull(BufferPtr(gst_buffer_new_allocate(nullptr, 256, nullptr)));
  g_object_set(bench.element(), "sigma", 1.0, nullptr);
  EXPECT_NE(bench.push(BufferPtr(gst_buffer_new_allocate(nullptr, 256, nullptr))), GST_FLOW_OK);
  const std::vector<std::string> errors = bench.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].find("memory:GLMemory"), std::string::npos) << errors[0];
}

TEST(Renegotiation, MayComeEveryFewFrames) {
  const char* const formats[] = {"I420", "RGB", "GRAY16_LE", "P010_10LE", "YUY2"};
  for (const std::string launch : {"convgaussian", "convkernel kernel=emboss stride=2"}) {
    const std::string filter = launch == "convgaussian" ? "gaussian" : "kernel";
    const Values values =
        filter == "kernel" ? Values{{"kernel", "emboss"}, {"stride", "2"}} : Values{};
    Bench bench(launch);
    for (unsigned round = 0; round < 60; ++round) {
      const std::string caps = caps_text(formats[round % 5], 1 + static_cast<int>(round * 7 % 40),
                                         1 + static_cast<int>(round * 5 % 30));
      bench.set_caps(caps);
      const GstVideoInfo info = info_of(caps);
      for (unsigned frame = 0; frame < 1 + round % 3; ++frame) {
        BufferPtr input = noise_buffer(info, round * 4 + frame);
        const auto expected = expected_samples(filter, values, info, input.get());
        const BufferPtr output = bench.push_and_pull(std::move(input));
        ASSERT_NE(output, nullptr);
        const CapsPtr made = bench.output_caps();
        EXPECT_TRUE(samples_of(info_of(made.get()), output.get()) == expected) << caps;
      }
    }
  }
}

TEST(Renegotiation, FollowsAPropertyThatChangesTheSize) {
  const std::string caps = caps_text("RGBA", 30, 20);
  const GstVideoInfo info = info_of(caps);
  Bench bench("convkernel kernel=box(3)");
  bench.set_caps(caps);
  for (const char* stride : {"1", "2", "5", "1", "3"}) {
    gst_util_set_object_arg(G_OBJECT(bench.element()), "stride", stride);
    for (unsigned frame = 0; frame < 2; ++frame) {
      BufferPtr input = noise_buffer(info, frame);
      const auto expected =
          expected_samples("kernel", {{"kernel", "box(3)"}, {"stride", stride}}, info, input.get());
      const BufferPtr output = bench.push_and_pull(std::move(input));
      ASSERT_NE(output, nullptr);
      const CapsPtr made = bench.output_caps();
      EXPECT_EQ(field_of(made, "width"), (30 - 1) / std::stoi(stride) + 1);
      EXPECT_TRUE(samples_of(info_of(made.get()), output.get()) == expected) << stride;
    }
  }
}

// Another thread may set a property while the query is with whoever comes next.
TEST(Renegotiation, AnswersAQueryByOneSettingThroughout) {
  Bench bench("convpool size=1");
  bench.set_caps(caps_text("I420", 320, 240));
  GstPad* const source = gst_element_get_static_pad(bench.element(), "src");
  gst_pad_add_probe(
      source, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM,
      [](GstPad*, GstPadProbeInfo* info, gpointer element) {
        if (GST_QUERY_TYPE(GST_PAD_PROBE_INFO_QUERY(info)) == GST_QUERY_CAPS) {
          g_object_set(element, "size", 4, nullptr);
        }
        return GST_PAD_PROBE_OK;
      },
      bench.element(), nullptr);
  const CapsPtr wanted = caps_of(caps_text("I420", 320, 240));
  const CapsPtr answer(gst_pad_peer_query_caps(bench.harness()->srcpad, wanted.get()));
  EXPECT_TRUE(gst_caps_is_equal(answer.get(), wanted.get()));
  gst_object_unref(source);
  ASSERT_NE(bench.push_and_pull(noise_buffer(info_of(wanted.get()), 1)), nullptr);
  EXPECT_EQ(field_of(bench.output_caps(), "width"), 80);
  EXPECT_TRUE(bench.errors().empty());
}

TEST(Renegotiation, RefusesASizeModeThatNoLongerFits) {
  const std::string caps = caps_text("GRAY8", 8, 8);
  Bench bench("convkernel kernel=box(9)");
  bench.set_caps(caps);
  bench.push_and_pull(noise_buffer(info_of(caps), 1));
  gst_util_set_object_arg(G_OBJECT(bench.element()), "size-mode", "valid");
  EXPECT_NE(bench.push(noise_buffer(info_of(caps), 2)), GST_FLOW_OK);
  EXPECT_EQ(bench.errors().size(), 1U);
}

TEST(Memory, IsPooledAndAlignedToCacheLines) {
  const std::string caps = caps_text("I420", 854, 480);
  const GstVideoInfo info = info_of(caps);
  for (const bool knows_strides : {false, true}) {
    Bench bench("convgaussian");
    if (knows_strides) {
      gst_harness_add_propose_allocation_meta(bench.harness(), GST_VIDEO_META_API_TYPE, nullptr);
    }
    bench.set_caps(caps);
    for (unsigned frame = 0; frame < 3; ++frame) {
      const BufferPtr output = bench.push_and_pull(noise_buffer(info, frame));
      ASSERT_NE(output, nullptr);
      EXPECT_NE(output->pool, nullptr);
      GstVideoFrame mapped;
      ASSERT_TRUE(gst_video_frame_map(&mapped, &info, output.get(), GST_MAP_READ));
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(mapped.data[0]) % 64, 0U);
      // Those who do not read strides from the buffer must find the usual ones.
      const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(&mapped, 0);
      EXPECT_EQ(stride, knows_strides ? 896 : 856);
      gst_video_frame_unmap(&mapped);
    }
  }
}

TEST(Memory, IsProposedAlignedToUpstream) {
  const std::string caps = caps_text("I420", 64, 64);
  Bench bench("convgaussian");
  bench.set_caps(caps);
  const CapsPtr parsed = caps_of(caps);
  GstQuery* const query = gst_query_new_allocation(parsed.get(), TRUE);
  ASSERT_TRUE(gst_pad_peer_query(bench.harness()->srcpad, query));
  ASSERT_GE(gst_query_get_n_allocation_params(query), 1U);
  GstAllocationParams params;
  gst_query_parse_nth_allocation_param(query, 0, nullptr, &params);
  EXPECT_GE(params.align, 63U);
  EXPECT_GE(gst_query_get_n_allocation_pools(query), 1U);
  EXPECT_TRUE(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr));
  EXPECT_FALSE(gst_query_find_allocation_meta(query, GST_VIDEO_CROP_META_API_TYPE, nullptr));
  gst_query_unref(query);
}

}  // namespace
}  // namespace convolve::test
