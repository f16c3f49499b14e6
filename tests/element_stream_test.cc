// SPDX-License-Identifier: MIT
// Elements within streams: times, metas, states, tees, and what people see of them from a shell.
#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <regex>

#include "element_harness.h"
#include "program.h"

namespace convolve::test {
namespace {

const std::string kCaps = caps_text("I420", 40, 30);

std::filesystem::path source_root() {
  const char* const given = std::getenv("CONVOLVE_SOURCE_ROOT");
  return given != nullptr ? given : CONVOLVE_SOURCE_ROOT;
}

TEST(Times, AndFlagsAreThoseOfTheInput) {
  const GstVideoInfo info = info_of(kCaps);
  for (const std::string launch : {"convkernel", "convkernel kernel=sharpen", "convsobel"}) {
    Bench bench(launch);
    bench.set_caps(kCaps);
    const GstClockTime times[] = {0, 40 * GST_MSECOND, 70 * GST_MSECOND, 300 * GST_MSECOND};
    for (const GstClockTime time : times) {
      BufferPtr input = noise_buffer(info, 1);
      GST_BUFFER_PTS(input.get()) = time;
      GST_BUFFER_DTS(input.get()) = time;
      GST_BUFFER_DURATION(input.get()) = 33 * GST_MSECOND;
      GST_BUFFER_OFFSET(input.get()) = 7;
      GST_BUFFER_FLAG_SET(input.get(), GST_BUFFER_FLAG_DELTA_UNIT);
      const BufferPtr output = bench.push_and_pull(std::move(input));
      EXPECT_EQ(GST_BUFFER_PTS(output.get()), time) << launch;
      EXPECT_EQ(GST_BUFFER_DTS(output.get()), time) << launch;
      EXPECT_EQ(GST_BUFFER_DURATION(output.get()), 33 * GST_MSECOND) << launch;
      EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(output.get(), GST_BUFFER_FLAG_DELTA_UNIT)) << launch;
    }
    EXPECT_EQ(gst_harness_query_latency(bench.harness()), 0U);
  }
}

TEST(Times, OfLateFramesAreSkippedWhereDownstreamIsLate) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convgaussian");
  bench.set_caps(kCaps);
  bench.push_and_pull(noise_buffer(info, 1));
  gst_harness_push_upstream_event(
      bench.harness(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2.0, GST_SECOND, GST_SECOND));
  BufferPtr late = noise_buffer(info, 2);
  GST_BUFFER_PTS(late.get()) = GST_SECOND;
  EXPECT_EQ(bench.push(std::move(late)), GST_FLOW_OK);
  EXPECT_EQ(bench.pull(), nullptr);
  BufferPtr early = noise_buffer(info, 3);
  GST_BUFFER_PTS(early.get()) = 10 * GST_SECOND;
  EXPECT_NE(bench.push_and_pull(std::move(early)), nullptr);
}

BufferPtr with_region(BufferPtr buffer, guint x, guint y, guint width, guint height) {
  auto* const region =
      gst_buffer_add_video_region_of_interest_meta(buffer.get(), "face", x, y, width, height);
  region->id = 5;
  region->parent_id = 2;
  gst_video_region_of_interest_meta_add_param(
      region, gst_structure_new("detection", "confidence", G_TYPE_DOUBLE, 0.5, nullptr));
  return buffer;
}

const GstVideoRegionOfInterestMeta* region_of(GstBuffer* buffer) {
  return reinterpret_cast<const GstVideoRegionOfInterestMeta*>(
      gst_buffer_get_meta(buffer, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE));
}

struct RegionCase {
  std::string launch;
  guint x, y, width, height;
};

TEST(Regions, StayOnWhatTheyShow) {
  const GstVideoInfo info = info_of(kCaps);
  // The region is 10,6 and 12x8 pixels large.
  const RegionCase cases[] = {
      {"convgaussian", 10, 6, 12, 8},
      {"convkernel kernel=sharpen", 10, 6, 12, 8},
      {"convkernel stride=2", 5, 3, 6, 4},
      {"convkernel kernel=box(5) size-mode=valid", 8, 4, 12, 8},
      {"convkernel kernel=box(5) padding=4", 12, 8, 12, 8},
  };
  for (const RegionCase& one : cases) {
    Bench bench(one.launch);
    bench.set_caps(kCaps);
    const BufferPtr output = bench.push_and_pull(with_region(noise_buffer(info, 1), 10, 6, 12, 8));
    ASSERT_NE(output, nullptr);
    const GstVideoRegionOfInterestMeta* const region = region_of(output.get());
    ASSERT_NE(region, nullptr) << one.launch;
    EXPECT_EQ(region->x, one.x) << one.launch;
    EXPECT_EQ(region->y, one.y) << one.launch;
    EXPECT_EQ(region->w, one.width) << one.launch;
    EXPECT_EQ(region->h, one.height) << one.launch;
    EXPECT_STREQ(g_quark_to_string(region->roi_type), "face");
    EXPECT_EQ(region->id, 5);
    EXPECT_EQ(region->parent_id, 2);
    EXPECT_NE(gst_video_region_of_interest_meta_get_param(
                  const_cast<GstVideoRegionOfInterestMeta*>(region), "detection"),
              nullptr);
  }
}

TEST(Regions, ThatAreCutOffGo) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convkernel kernel=box(9) size-mode=valid");
  bench.set_caps(kCaps);
  const BufferPtr output = bench.push_and_pull(with_region(noise_buffer(info, 1), 0, 0, 3, 3));
  EXPECT_EQ(region_of(output.get()), nullptr);
}

TEST(States, MayChangeAsOftenAsYouLike) {
  for (const FilterInfo* info : all_filters()) {
    GstElement* const element = make_element("conv" + std::string(info->name));
    for (int round = 0; round < 1000; ++round) {
      ASSERT_NE(gst_element_set_state(element, GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
      ASSERT_NE(gst_element_set_state(element, GST_STATE_NULL), GST_STATE_CHANGE_FAILURE);
    }
    gst_object_unref(element);
  }
  Bench bench("convkernel kernel=sharpen");
  const GstVideoInfo info = info_of(kCaps);
  for (unsigned round = 0; round < 50; ++round) {
    gst_element_set_state(bench.element(), GST_STATE_NULL);
    gst_element_set_state(bench.element(), GST_STATE_PLAYING);
    gst_harness_play(bench.harness());
    bench.set_caps(kCaps);
    gst_harness_push_event(bench.harness(), gst_event_new_flush_start());
    gst_harness_push_event(bench.harness(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(bench.harness(), gst_event_new_segment(&segment));
    EXPECT_NE(bench.push_and_pull(noise_buffer(info, round)), nullptr) << round;
  }
  EXPECT_TRUE(bench.errors().empty());
}

// Runs a pipeline to its end. \returns the first error, or "".
std::string play(const std::string& launch) {
  GError* problem = nullptr;
  GstElement* const pipeline = gst_parse_launch(launch.c_str(), &problem);
  if (problem != nullptr) {
    const std::string text = problem->message;
    g_clear_error(&problem);
    if (pipeline != nullptr) gst_object_unref(pipeline);
    return text;
  }
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus* const bus = gst_element_get_bus(pipeline);
  GstMessage* const message = gst_bus_timed_pop_filtered(
      bus, 60 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS));
  std::string text = message == nullptr ? "it never ended" : "";
  if (message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message, &problem, nullptr);
    text = problem->message;
    g_clear_error(&problem);
  }
  if (message != nullptr) gst_message_unref(message);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(pipeline);
  return text;
}

TEST(Streams, KeepTheOtherBranchOfATeeAsItIs) {
  const TempDir directory;
  const std::string source =
      "videotestsrc num-buffers=5 pattern=ball ! video/x-raw,format=I420,width=64,height=48 ! ";
  const auto dump = [&](const char* name) {
    return std::string(" ! filesink location=") + directory.file(name);
  };
  ASSERT_EQ(play(source + "identity" + dump("plain")), "");
  ASSERT_EQ(play(source + "tee name=t ! queue" + dump("left") +
                 " t. ! queue ! convkernel kernel=emboss" + dump("right")),
            "");
  EXPECT_EQ(read_file(directory.file("left")), read_file(directory.file("plain")));
  EXPECT_NE(read_file(directory.file("right")), read_file(directory.file("plain")));
  EXPECT_EQ(read_file(directory.file("right")).size(), 5U * 64 * 48 * 3 / 2);
}

TEST(Streams, LetASourceChooseASizeThatIsLargeEnough) {
  EXPECT_EQ(play("videotestsrc num-buffers=2 ! convkernel kernel=box(401) size-mode=valid ! "
                 "video/x-raw,width=1,height=1 ! fakesink"),
            "");
  EXPECT_NE(play("videotestsrc num-buffers=2 ! video/x-raw,width=16,height=16 ! convkernel "
                 "kernel=box(31) size-mode=valid ! fakesink")
                .find("16×16"),
            std::string::npos);
}

TEST(Streams, RunElementAfterElement) {
  EXPECT_EQ(play("videotestsrc num-buffers=10 ! video/x-raw,format=NV12,width=61,height=37 ! "
                 "convgaussian sigma=2 ! convkernel kernel=sharpen ! convsobel ! "
                 "video/x-raw,format=GRAY8 ! convkernel stride=2 ! videoconvert ! fakesink"),
            "");
  EXPECT_EQ(play("videotestsrc num-buffers=4 ! interlace ! convgaussian ! fakesink"), "");
  EXPECT_EQ(play("videotestsrc num-buffers=7 ! interlace ! convkernel3d ! fakesink"), "");
  EXPECT_EQ(play("videotestsrc num-buffers=12 is-live=true ! video/x-raw,framerate=100/1 ! "
                 "convkernel3d kernel=box(1x1x7) ! fakesink sync=true"),
            "");
}

// Programs of the system cannot load a plugin that is built with a sanitizer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONVOLVE_NEEDS_SHELL() GTEST_SKIP() << "skipped: built with a sanitizer"
#else
#define CONVOLVE_NEEDS_SHELL() static_cast<void>(0)
#endif

// The command line in the documentation of an element.
std::string documented_line(const std::string& word) {
  const std::string source = read_file(source_root() / "plugins" / (word + ".cc"));
  std::smatch match;
  const std::regex lines("\\|\\[\\n \\* (gst-launch-1\\.0 [^\\]]*)\\n \\* \\]\\|");
  if (!std::regex_search(source, match, lines)) return "";
  return std::regex_replace(match[1].str(), std::regex("\\\\\\n \\*  +"), "");
}

TEST(Shell, RunsTheLinesOfTheDocumentation) {
  CONVOLVE_NEEDS_SHELL();
  for (const FilterInfo* info : all_filters()) {
    const std::string word(info->name);
    const std::string line = documented_line(word);
    ASSERT_NE(line, "") << word;
    GstElementFactory* const factory = gst_element_factory_find(("conv" + word).c_str());
    ASSERT_NE(factory, nullptr);
    EXPECT_EQ(line, gst_element_factory_get_metadata(factory, "example"));
    gst_object_unref(factory);
    const TempDir directory;
    const Result result = run({{"sh", "-c", line}, directory.path()});
    EXPECT_EQ(result.code, 0) << line << "\n" << result.err;
    EXPECT_EQ(directory.names().size(), 1U) << "the line writes one picture";
  }
}

TEST(Shell, InspectsElementsWithoutAWord) {
  CONVOLVE_NEEDS_SHELL();
  for (const FilterInfo* info : all_filters()) {
    const std::string element = "conv" + std::string(info->name);
    const Result result = run({{"env", "G_DEBUG=fatal-warnings", "gst-inspect-1.0", element}});
    EXPECT_EQ(result.code, 0) << element;
    EXPECT_EQ(result.err, "") << element;
    EXPECT_NE(result.out.find("gst-launch-1.0 "), std::string::npos) << element;
    for (const Param& param : info->params) {
      EXPECT_NE(result.out.find("  " + std::string(param.name) + " "), std::string::npos)
          << element << " " << param.name;
      EXPECT_NE(result.out.find(std::string(param.help)), std::string::npos)
          << element << " " << param.name;
    }
  }
}

TEST(Shell, SeesNoLeaks) {
  CONVOLVE_NEEDS_SHELL();
  const char* const chains[] = {
      "convkernel kernel=sharpen",
      "convgaussian sigma=2",
      "convsobel ! video/x-raw,format=GRAY8",
      "convkernel",
      "convkernel stride=2 ! convsobel roi=1,2,30,40",
      "convkernel3d kernel='box(1x1x9)' ! convkernel3d alignment=causal",
      "convupsample kernel=bicubic ! convpool operator=mean size=3",
  };
  for (const std::string chain : chains) {
    const Result result =
        run({{"env", "GST_TRACERS=leaks", "GST_DEBUG=GST_TRACER:7", "GST_DEBUG_NO_COLOR=1", "sh",
              "-c", "gst-launch-1.0 -q videotestsrc num-buffers=5 ! " + chain + " ! fakesink"}});
    EXPECT_EQ(result.code, 0) << chain << result.err;
    EXPECT_EQ(result.err.find("object-alive, type-name=(string)G"), std::string::npos)
        << chain << result.err;
  }
}

TEST(Plugin, CanBeRegisteredStatically) {
  GstPlugin* const plugin = gst_registry_find_plugin(gst_registry_get(), "convolve");
  ASSERT_NE(plugin, nullptr);
  EXPECT_STREQ(gst_plugin_get_license(plugin), "MIT/X11");
  void* const library = dlopen(gst_plugin_get_filename(plugin), RTLD_NOW);
  ASSERT_NE(library, nullptr) << dlerror();
  EXPECT_NE(dlsym(library, "gst_plugin_convolve_register"), nullptr);
  for (const FilterInfo* info : all_filters()) {
    const std::string symbol = "gst_element_register_conv" + std::string(info->name);
    EXPECT_NE(dlsym(library, symbol.c_str()), nullptr) << symbol;
  }
  dlclose(library);
  gst_object_unref(plugin);
}

}  // namespace
}  // namespace convolve::test
