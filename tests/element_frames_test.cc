// SPDX-License-Identifier: MIT
// Elements give the bytes of the core, however a frame lies in memory.
#include <algorithm>

#include "element_harness.h"

namespace convolve::test {
namespace {

struct Case {
  std::string filter;
  Values values;
  std::string launch;
};

const Case kCases[] = {
    {"kernel",
     {{"kernel", "1 2 3; 4 5 6; 0 0 -9"}, {"scale", "1/12"}},
     "convkernel kernel=\"1 2 3; 4 5 6; 0 0 -9\" scale=0.08333333333333333"},
    {"gaussian",
     {{"sigma", "1.25"}, {"border", "reflect"}},
     "convgaussian sigma=1.25 border=reflect"},
    {"sobel", {{"operator", "scharr"}}, "convsobel operator=scharr"},
    {"pool",
     {{"operator", "min"}, {"size", "3"}, {"stride", "1"}, {"padding", "1"}},
     "convpool operator=min size=3 stride=1 padding=1"},
};

// Formats that GStreamer has too.
std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const PixelFormat& format : all_formats()) {
    const std::string name(format.name);
    if (gst_video_format_from_string(name.c_str()) != GST_VIDEO_FORMAT_UNKNOWN) {
      names.push_back(name);
    }
  }
  return names;
}

class EveryFormat : public testing::TestWithParam<std::string> {};

TEST_P(EveryFormat, LiesWhereGStreamerPutsIt) {
  const PixelFormat& format = *find_format(GetParam());
  const GstVideoInfo info = info_of(caps_text(GetParam(), 16, 16));
  ASSERT_EQ(GST_VIDEO_INFO_N_PLANES(&info), format.planes);
  for (guint i = 0; i < format.components; ++i) {
    const Component& component = format.component[i];
    EXPECT_EQ(GST_VIDEO_INFO_COMP_PLANE(&info, i), component.plane) << i;
    // GStreamer 1.22 gives 1 for V of P010, and reads it two bytes on all the same.
    const bool odd = GetParam() == "P010_10LE" && i == 2;
    if (!odd) {
      EXPECT_EQ(GST_VIDEO_INFO_COMP_POFFSET(&info, i), component.offset) << i;
    }
    EXPECT_EQ(GST_VIDEO_INFO_COMP_PSTRIDE(&info, i), component.step) << i;
    EXPECT_EQ(GST_VIDEO_INFO_COMP_DEPTH(&info, i), format.bits) << i;
  }
}

TEST_P(EveryFormat, IsFilteredAsTheCoreDoes) {
  const std::pair<int, int> sizes[] = {{1, 1}, {2, 1}, {3, 5}, {17, 9}, {33, 34}, {64, 48}};
  const Padding paddings[] = {{0, 0}, {32, 0}, {6, 10}, {130, 64}};
  for (const Case& one : kCases) {
    Bench bench(one.launch);
    unsigned seed = 0;
    for (const auto& [width, height] : sizes) {
      const std::string caps = caps_text(GetParam(), width, height);
      const GstVideoInfo info = info_of(caps);
      bench.set_caps(caps);
      for (const Padding& padding : paddings) {
        BufferPtr input = noise_buffer(info, ++seed, padding);
        const auto before = samples_of(info, input.get());
        const auto expected = expected_samples(one.filter, one.values, info, input.get());
        // A second owner, as after a `tee`: the samples must stay as they are.
        const BufferPtr shared(gst_buffer_ref(input.get()));
        const BufferPtr output = bench.push_and_pull(std::move(input));
        ASSERT_NE(output, nullptr);
        EXPECT_TRUE(samples_of(info, output.get()) == expected)
            << one.launch << " " << caps << " padded by " << padding.row << ", " << padding.offset;
        EXPECT_TRUE(samples_of(info, shared.get()) == before) << "the input was changed";
      }
    }
    EXPECT_TRUE(bench.errors().empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, testing::ValuesIn(format_names()),
                         [](const auto& format) { return format.param; });

// The rows of one field as a frame by itself. Chroma that the field lacks is its neighbour's.
std::vector<std::byte> field_samples(const GstVideoInfo& info, GstBuffer* buffer, int field,
                                     const std::string& filter, const Values& values) {
  const MappedFrame mapped(info, buffer);
  const FrameView& frame = mapped.view();
  Frame input(*frame.format, frame.width, (frame.height + 1 - field) / 2);
  for (int p = 0; p < frame.format->planes; ++p) {
    const auto plane = static_cast<std::size_t>(p);
    const int rows = plane_rows(*frame.format, p, frame.height);
    for (int y = 0; y < plane_rows(*frame.format, p, input.view().height); ++y) {
      std::copy_n(
          frame.plane[plane].data + std::min(2 * y + field, rows - 1) * frame.plane[plane].stride,
          plane_row_bytes(*frame.format, p, frame.width),
          input.view().plane[plane].data + y * input.view().plane[plane].stride);
    }
  }
  Frame output(*frame.format, frame.width, input.view().height);
  Engine engine(make_filter(filter, values));
  engine.process(input.view(), output.view());

  // Only rows that the frame has.
  std::vector<std::byte> samples;
  const int bytes = sample_size(frame.format->type);
  for (std::size_t i = 0; i < frame.format->components; ++i) {
    const Component& component = frame.format->component[i];
    const auto& plane = output.view().plane[component.plane];
    for (int y = field; y < component_size(frame.height, component.shift_y); y += 2) {
      for (int x = 0; x < component_size(frame.width, component.shift_x); ++x) {
        const std::byte* const at =
            plane.data + y / 2 * plane.stride + component.offset + x * component.step;
        samples.insert(samples.end(), at, at + bytes);
      }
    }
  }
  return samples;
}

std::vector<std::byte> every_second_row(const ConstFrameView& view, int field) {
  std::vector<std::byte> samples;
  const int bytes = sample_size(view.format->type);
  for (std::size_t i = 0; i < view.format->components; ++i) {
    const Component& component = view.format->component[i];
    const auto& plane = view.plane[component.plane];
    for (int y = field; y < component_size(view.height, component.shift_y); y += 2) {
      for (int x = 0; x < component_size(view.width, component.shift_x); ++x) {
        const std::byte* const at =
            plane.data + y * plane.stride + component.offset + x * component.step;
        samples.insert(samples.end(), at, at + bytes);
      }
    }
  }
  return samples;
}

TEST(InterlacedFrames, HaveTheirFieldsFilteredApart) {
  const Values values = {{"sigma", "1.5"}};
  for (const std::string format : {"I420", "NV12", "YUY2", "RGB", "I420_10LE"}) {
    Bench bench("convgaussian sigma=1.5");
    for (const int height : {1, 2, 3, 5, 6, 7, 8, 10}) {
      const std::string caps = caps_text(format, 11, height, "interlace-mode=interleaved");
      const GstVideoInfo info = info_of(caps);
      bench.set_caps(caps);
      BufferPtr input = noise_buffer(info, static_cast<unsigned>(height));
      const BufferPtr kept(gst_buffer_ref(input.get()));
      const BufferPtr output = bench.push_and_pull(std::move(input));
      ASSERT_NE(output, nullptr);
      const MappedFrame filtered(info, output.get());
      for (int field = 0; field < 2 && field < height; ++field) {
        EXPECT_TRUE(every_second_row(filtered.view(), field) ==
                    field_samples(info, kept.get(), field, "gaussian", values))
            << format << " of " << height << " rows, field " << field;
      }
    }
  }
}

TEST(InterlacedFrames, AreRecognisedOneByOneInMixedStreams) {
  const std::string caps = caps_text("GRAY8", 8, 8, "interlace-mode=mixed");
  const GstVideoInfo info = info_of(caps);
  Bench bench("convgaussian sigma=2");
  bench.set_caps(caps);
  BufferPtr progressive = noise_buffer(info, 1);
  const auto expected = expected_samples("gaussian", {{"sigma", "2"}}, info, progressive.get());
  EXPECT_TRUE(samples_of(info, bench.push_and_pull(std::move(progressive)).get()) == expected);

  BufferPtr interlaced = noise_buffer(info, 1);
  GST_BUFFER_FLAG_SET(interlaced.get(), GST_VIDEO_BUFFER_FLAG_INTERLACED);
  const BufferPtr output = bench.push_and_pull(std::move(interlaced));
  EXPECT_FALSE(samples_of(info, output.get()) == expected);
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(output.get(), GST_VIDEO_BUFFER_FLAG_INTERLACED));
}

TEST(InterlacedFrames, MayComeFieldByField) {
  const std::string caps =
      "video/x-raw(format:Interlaced), format=I420, width=16, height=12, framerate=25/1, "
      "interlace-mode=alternate";
  const GstVideoInfo info = info_of(caps);
  ASSERT_EQ(GST_VIDEO_INFO_FIELD_HEIGHT(&info), 6);
  Bench bench("convgaussian sigma=1.5");
  bench.set_caps(caps);
  BufferPtr input = noise_buffer(info, 4);
  const auto expected = expected_samples("gaussian", {{"sigma", "1.5"}}, info, input.get());
  const BufferPtr output = bench.push_and_pull(std::move(input));
  EXPECT_TRUE(samples_of(info, output.get()) == expected);
}

TEST(InterlacedFrames, KeepARegionWhereItIs) {
  const std::string caps = caps_text("GRAY8", 8, 12, "interlace-mode=interleaved");
  const GstVideoInfo info = info_of(caps);
  Bench bench("convkernel kernel=\"0\" roi=\"2,4,3,4\"");
  bench.set_caps(caps);
  BufferPtr input = noise_buffer(info, 5);
  const auto before = samples_of(info, input.get());
  const auto after = samples_of(info, bench.push_and_pull(std::move(input)).get());
  for (std::size_t y = 0; y < 12; ++y) {
    for (std::size_t x = 0; x < 8; ++x) {
      const bool inside = x >= 2 && x < 5 && y >= 4 && y < 8;
      EXPECT_EQ(after[y * 8 + x], inside ? std::byte{0} : before[y * 8 + x]) << x << ", " << y;
    }
  }
}

TEST(CroppedFrames, AreCutOnce) {
  // Upstream left the cropping to us: the buffer holds 20x16, the caps say 8x6 of it.
  const GstVideoInfo large = info_of(caps_text("I420", 20, 16));
  const std::string caps = caps_text("I420", 8, 6);
  const GstVideoInfo small = info_of(caps);
  BufferPtr input = noise_buffer(large, 6, {4, 0});
  GstVideoCropMeta* const crop = gst_buffer_add_video_crop_meta(input.get());
  crop->x = 6;
  crop->y = 4;
  crop->width = 8;
  crop->height = 6;

  BufferPtr cut(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&small), nullptr));
  {
    const MappedFrame whole(large, input.get());
    GstVideoFrame target;
    ASSERT_TRUE(gst_video_frame_map(&target, &small, cut.get(), GST_MAP_WRITE));
    for (std::size_t p = 0; p < 3; ++p) {
      const int shift = p == 0 ? 0 : 1;
      for (int y = 0; y < 6 >> shift; ++y) {
        std::copy_n(
            reinterpret_cast<const guint8*>(whole.view().plane[p].data) +
                (y + (4 >> shift)) * whole.view().plane[p].stride + (6 >> shift),
            8 >> shift,
            static_cast<guint8*>(target.data[p]) + y * GST_VIDEO_FRAME_PLANE_STRIDE(&target, p));
      }
    }
    gst_video_frame_unmap(&target);
  }
  const auto expected = expected_samples("gaussian", {{"sigma", "1"}}, small, cut.get());
  Bench bench("convgaussian sigma=1");
  bench.set_caps(caps);
  const BufferPtr output = bench.push_and_pull(std::move(input));
  EXPECT_TRUE(samples_of(small, output.get()) == expected);
  EXPECT_EQ(gst_buffer_get_video_crop_meta(output.get()), nullptr);
}

TEST(CroppedFrames, StayForDownstreamToCutWhereTheCapsAreOfTheWholeFrame) {
  const std::string caps = caps_text("GRAY8", 20, 16);
  const GstVideoInfo info = info_of(caps);
  BufferPtr input = noise_buffer(info, 7);
  GstVideoCropMeta* const crop = gst_buffer_add_video_crop_meta(input.get());
  crop->x = 3;
  crop->y = 2;
  crop->width = 5;
  crop->height = 4;
  const auto expected = expected_samples("gaussian", {{"sigma", "1"}}, info, input.get());
  Bench bench("convgaussian sigma=1");
  bench.set_caps(caps);
  const BufferPtr output = bench.push_and_pull(std::move(input));
  EXPECT_TRUE(samples_of(info, output.get()) == expected);
  const GstVideoCropMeta* const kept = gst_buffer_get_video_crop_meta(output.get());
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->x, 3U);
  EXPECT_EQ(kept->height, 4U);
}

TEST(BadBuffers, AreAnError) {
  const std::string caps = caps_text("I420", 32, 32);
  const GstVideoInfo info = info_of(caps);
  {
    Bench bench("convgaussian");
    bench.set_caps(caps);
    BufferPtr small(gst_buffer_new_allocate(nullptr, 100, nullptr));
    EXPECT_EQ(bench.push(std::move(small)), GST_FLOW_ERROR);
    EXPECT_EQ(bench.errors().size(), 1U);
  }
  // A layout that reaches beyond its buffer.
  Bench bench("convgaussian");
  bench.set_caps(caps);
  BufferPtr lying = noise_buffer(info, 8, {8, 0});
  gst_buffer_set_size(lying.get(), 1600);
  EXPECT_EQ(bench.push(std::move(lying)), GST_FLOW_ERROR);
  EXPECT_EQ(bench.errors().size(), 1U);
}

}  // namespace
}  // namespace convolve::test
