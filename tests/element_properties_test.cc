// SPDX-License-Identifier: MIT
// Properties: described in full, effective on the next frame, and never the end of the program.
#include <gst/controller/gstdirectcontrolbinding.h>
#include <gst/controller/gstinterpolationcontrolsource.h>

#include <atomic>
#include <thread>

#include "element_harness.h"

namespace convolve::test {
namespace {

const std::string kCaps = caps_text("GRAY8", 40, 30);

std::string element_of(const FilterInfo& info) { return "conv" + std::string(info.name); }

TEST(Elements, AreThereForEveryFilterWithFullDescriptions) {
  for (const FilterInfo* info : all_filters()) {
    GstElementFactory* const factory = gst_element_factory_find(element_of(*info).c_str());
    ASSERT_NE(factory, nullptr) << info->name;
    const auto metadata = [factory](const char* key) {
      const char* const text = gst_element_factory_get_metadata(factory, key);
      return std::string(text == nullptr ? "" : text);
    };
    EXPECT_EQ(metadata(GST_ELEMENT_METADATA_KLASS), "Filter/Effect/Video");
    EXPECT_EQ(metadata(GST_ELEMENT_METADATA_LONGNAME), info->title);
    EXPECT_EQ(metadata(GST_ELEMENT_METADATA_DESCRIPTION), info->description);
    EXPECT_NE(metadata("example").find(element_of(*info)), std::string::npos);
    EXPECT_EQ(gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory)),
              static_cast<guint>(GST_RANK_NONE));
    gst_object_unref(factory);
  }
}

void expect_described(GObjectClass* klass, const FilterInfo& info, const Param& param) {
  GParamSpec* const spec = g_object_class_find_property(klass, std::string(param.name).c_str());
  ASSERT_NE(spec, nullptr) << param.name;
  EXPECT_EQ(std::string(g_param_spec_get_blurb(spec)), param.help);
  for (const int flag : {static_cast<int>(G_PARAM_READABLE), static_cast<int>(G_PARAM_WRITABLE),
                         GST_PARAM_CONTROLLABLE, GST_PARAM_MUTABLE_PLAYING}) {
    EXPECT_TRUE((static_cast<int>(spec->flags) & flag) != 0) << param.name;
  }
  const ParamValue initial = default_value(info, param);
  if (G_IS_PARAM_SPEC_DOUBLE(spec)) {
    EXPECT_EQ(G_PARAM_SPEC_DOUBLE(spec)->minimum, param.minimum);
    EXPECT_EQ(G_PARAM_SPEC_DOUBLE(spec)->maximum, param.maximum);
    EXPECT_EQ(G_PARAM_SPEC_DOUBLE(spec)->default_value, std::get<double>(initial));
  } else if (G_IS_PARAM_SPEC_INT(spec)) {
    EXPECT_EQ(G_PARAM_SPEC_INT(spec)->minimum, param.minimum);
    EXPECT_EQ(G_PARAM_SPEC_INT(spec)->maximum, param.maximum);
    EXPECT_EQ(G_PARAM_SPEC_INT(spec)->default_value, std::get<std::int64_t>(initial));
  } else if (G_IS_PARAM_SPEC_UINT(spec)) {
    EXPECT_EQ(G_PARAM_SPEC_UINT(spec)->maximum, param.maximum);
    EXPECT_EQ(G_PARAM_SPEC_UINT(spec)->default_value, std::get<std::int64_t>(initial));
  } else if (G_IS_PARAM_SPEC_ENUM(spec)) {
    const GEnumClass* const choices = G_PARAM_SPEC_ENUM(spec)->enum_class;
    ASSERT_EQ(choices->n_values, param.choices.size()) << param.name;
    for (std::size_t i = 0; i < param.choices.size(); ++i) {
      EXPECT_EQ(std::string(choices->values[i].value_nick), param.choices[i].name);
      EXPECT_EQ(std::string(choices->values[i].value_name), param.choices[i].help);
    }
    EXPECT_EQ(G_PARAM_SPEC_ENUM(spec)->default_value, std::get<std::int64_t>(initial));
  } else {
    EXPECT_TRUE(G_IS_PARAM_SPEC_STRING(spec) || G_IS_PARAM_SPEC_BOOLEAN(spec)) << param.name;
  }
}

TEST(Properties, AreDescribedAsTheFiltersTableSays) {
  for (const FilterInfo* info : all_filters()) {
    GstElement* const element = make_element(element_of(*info));
    for (const Param& param : info->params) {
      expect_described(G_OBJECT_GET_CLASS(element), *info, param);
    }
    gst_object_unref(element);
  }
}

TEST(Properties, AreReadAsTheyWereWritten) {
  GstElement* const element = make_element("convkernel");
  g_object_set(element, "kernel", "1 2 1", "scale", 0.25, "normalize", TRUE, "stride", 3,
               "border-color", 0x80ff0001U, "n-threads", 2U, nullptr);
  gst_util_set_object_arg(G_OBJECT(element), "border", "reflect-101");
  char* kernel = nullptr;
  double scale = 0;
  gboolean normalize = FALSE;
  int stride = 0;
  int border = 0;
  guint color = 0;
  guint threads = 0;
  g_object_get(element, "kernel", &kernel, "scale", &scale, "normalize", &normalize, "stride",
               &stride, "border", &border, "border-color", &color, "n-threads", &threads, nullptr);
  EXPECT_STREQ(kernel, "1 2 1");
  EXPECT_EQ(scale, 0.25);
  EXPECT_TRUE(normalize);
  EXPECT_EQ(stride, 3);
  EXPECT_EQ(border, static_cast<int>(Border::reflect_101));
  EXPECT_EQ(color, 0x80ff0001U);
  EXPECT_EQ(threads, 2U);
  g_free(kernel);
  gst_object_unref(element);
}

TEST(Properties, ActOnTheNextFrame) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convkernel kernel=sharpen");
  bench.set_caps(kCaps);
  unsigned seed = 0;
  for (const char* kernel : {"emboss", "1 2 1; 2 4 2; 1 2 1", "identity", "box(5)", "sobel-x"}) {
    for (const char* border : {"wrap", "constant", "reflect"}) {
      g_object_set(bench.element(), "kernel", kernel, "scale", 0.5, nullptr);
      gst_util_set_object_arg(G_OBJECT(bench.element()), "border", border);
      BufferPtr input = noise_buffer(info, ++seed);
      const auto expected = expected_samples(
          "kernel", {{"kernel", kernel}, {"border", border}, {"scale", "0.5"}}, info, input.get());
      EXPECT_TRUE(samples_of(info, bench.push_and_pull(std::move(input)).get()) == expected)
          << kernel << " " << border;
    }
  }
  EXPECT_TRUE(bench.errors().empty());
}

TEST(Properties, SetTogetherActTogether) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convkernel kernel=box(3) normalize=true");
  bench.set_caps(kCaps);
  bench.push_and_pull(noise_buffer(info, 1));
  // Either alone would be an error, and the order must not matter.
  g_object_set(bench.element(), "kernel", "laplacian", "normalize", FALSE, nullptr);
  bench.push_and_pull(noise_buffer(info, 2));
  g_object_set(bench.element(), "normalize", TRUE, "kernel", "box(5)", nullptr);
  bench.push_and_pull(noise_buffer(info, 3));
  EXPECT_TRUE(bench.errors().empty());
}

TEST(Properties, FollowAController) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convgaussian");
  GstControlSource* const source = gst_interpolation_control_source_new();
  g_object_set(source, "mode", GST_INTERPOLATION_MODE_LINEAR, nullptr);
  auto* const points = GST_TIMED_VALUE_CONTROL_SOURCE(source);
  gst_timed_value_control_source_set(points, 0, 1.0);
  gst_timed_value_control_source_set(points, 4 * GST_SECOND, 5.0);
  gst_object_add_control_binding(
      GST_OBJECT(bench.element()),
      gst_direct_control_binding_new_absolute(GST_OBJECT(bench.element()), "sigma", source));
  bench.set_caps(kCaps);
  for (unsigned second = 0; second < 5; ++second) {
    BufferPtr input = noise_buffer(info, second);
    GST_BUFFER_PTS(input.get()) = second * GST_SECOND;
    const std::string sigma = std::to_string(second + 1);
    const auto expected = expected_samples("gaussian", {{"sigma", sigma}}, info, input.get());
    EXPECT_TRUE(samples_of(info, bench.push_and_pull(std::move(input)).get()) == expected)
        << second;
  }
  gst_object_unref(source);
}

struct BadValue {
  std::string element;
  std::string property;
  std::string value;
  std::string word;  ///< that the message must hold
};

void PrintTo(const BadValue& bad, std::ostream* stream) {
  *stream << bad.element << " " << bad.property << "=" << bad.value;
}

class BadValues : public testing::TestWithParam<BadValue> {};

void set_text(GstElement* element, const BadValue& bad) {
  g_object_set(element, bad.property.c_str(), bad.value.c_str(), nullptr);
}

TEST_P(BadValues, KeepTheElementFromStartingAndSayWhy) {
  GstElement* const element = make_element(GetParam().element);
  GstBus* const bus = gst_bus_new();
  gst_element_set_bus(element, bus);
  set_text(element, GetParam());
  EXPECT_EQ(gst_element_set_state(element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  GstMessage* const message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
  ASSERT_NE(message, nullptr);
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  EXPECT_NE(std::string(error->message).find(GetParam().word), std::string::npos) << error->message;
  EXPECT_EQ(std::string(error->message).find(GetParam().property + ": "), 0U) << error->message;
  g_clear_error(&error);
  gst_message_unref(message);
  EXPECT_EQ(gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR), nullptr);

  // A good value makes up for it.
  g_object_set(element, GetParam().property.c_str(), GetParam().property == "roi" ? "" : "sharpen",
               nullptr);
  gst_element_set_state(element, GST_STATE_NULL);
  EXPECT_NE(gst_element_set_state(element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  gst_element_set_state(element, GST_STATE_NULL);
  gst_element_set_bus(element, nullptr);
  gst_object_unref(bus);
  gst_object_unref(element);
}

TEST_P(BadValues, AreOneErrorOfThePlayingElement) {
  Bench bench(GetParam().element);
  bench.set_caps(kCaps);
  const GstVideoInfo info = info_of(kCaps);
  bench.push_and_pull(noise_buffer(info, 1));
  set_text(bench.element(), GetParam());
  EXPECT_EQ(bench.push(noise_buffer(info, 2)), GST_FLOW_ERROR);
  EXPECT_EQ(bench.push(noise_buffer(info, 3)), GST_FLOW_ERROR);
  const std::vector<std::string> errors = bench.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].find(GetParam().word), std::string::npos) << errors[0];

  g_object_set(bench.element(), GetParam().property.c_str(),
               GetParam().property == "roi" ? "" : "sharpen", nullptr);
  EXPECT_NE(bench.push_and_pull(noise_buffer(info, 4)), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadValues,
    testing::Values(BadValue{"convkernel", "kernel", "0 1; 2", "row 2 has 1 value"},
                    BadValue{"convkernel", "kernel", "sharpn", "sharpn"},
                    BadValue{"convkernel", "kernel", "", ""},
                    BadValue{"convkernel", "kernel", "1 nan", "nan"},
                    BadValue{"convkernel", "kernel", "@/nowhere/kernel.txt", "/nowhere/kernel.txt"},
                    BadValue{"convkernel", "kernel", "\xff\xfe", ""},
                    BadValue{"convkernel", "kernel", "1 2|3 4", "slices"},
                    BadValue{"convgaussian", "roi", "1,2,3", "1,2,3"},
                    BadValue{"convsobel", "roi", "a rectangle", "a rectangle"}));

TEST(Properties, MayBeSetByManyThreadsWhileFramesPass) {
  const GstVideoInfo info = info_of(kCaps);
  Bench bench("convkernel kernel=sharpen");
  gst_harness_set_drop_buffers(bench.harness(), TRUE);
  bench.set_caps(kCaps);
  std::atomic<bool> done = false;
  const auto set_again_and_again = [&](unsigned start) {
    const char* const kernels[] = {"identity", "box(3)", "1 0 -1", "gaussian(1)"};
    for (unsigned i = start; !done; ++i) {
      g_object_set(bench.element(), "kernel", kernels[i % 4], "stride", static_cast<int>(1 + i % 3),
                   "scale", 0.5 + i % 2, nullptr);
      char* kernel = nullptr;
      g_object_get(bench.element(), "kernel", &kernel, nullptr);
      g_free(kernel);
    }
  };
  std::thread one(set_again_and_again, 0U);
  std::thread two(set_again_and_again, 1U);
  for (unsigned frame = 0; frame < 400; ++frame) {
    EXPECT_EQ(bench.push(noise_buffer(info, frame % 7)), GST_FLOW_OK);
    CapsPtr(gst_pad_peer_query_caps(bench.harness()->srcpad, nullptr));
  }
  done = true;
  one.join();
  two.join();
  EXPECT_EQ(gst_harness_buffers_received(bench.harness()), 400U);
  EXPECT_TRUE(bench.errors().empty());
}

TEST(Presets, AreListedAndLoaded) {
  for (const FilterInfo* info : all_filters()) {
    GstElement* const element = make_element(element_of(*info));
    ASSERT_TRUE(GST_IS_PRESET(element));
    char** const names = gst_preset_get_preset_names(GST_PRESET(element));
    for (char** name = names; name != nullptr && *name != nullptr; ++name) {
      EXPECT_TRUE(gst_preset_load_preset(GST_PRESET(element), *name)) << *name;
      EXPECT_NE(gst_element_set_state(element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE)
          << *name;
      gst_element_set_state(element, GST_STATE_NULL);
    }
    g_strfreev(names);
    gst_object_unref(element);
  }
}

}  // namespace
}  // namespace convolve::test
