// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "bench_contender.h"

namespace convolve::bench {

namespace {

void fill_row(const PixelFormat& format, std::byte* row, int bytes, std::minstd_rand& random) {
  const auto draw = [&] { return static_cast<std::uint32_t>(random()) >> 7; };
  for (int at = 0; at < bytes; at += sample_size(format.type)) {
    if (format.type == SampleType::u8) {
      row[at] = static_cast<std::byte>(draw());
    } else if (format.type == SampleType::u16) {
      const auto code =
          static_cast<std::uint16_t>((draw() & ((1U << format.bits) - 1U)) << format.low_zero_bits);
      std::memcpy(row + at, &code, sizeof code);
    } else {
      const auto value = static_cast<float>(draw() & 0xffffU) / 65535.0F;
      std::memcpy(row + at, &value, sizeof value);
    }
  }
}

void copy(const FrameView& from, const FrameView& to) {
  // Rows of a frame of ours follow each other: one call copies a plane.
  for (int p = 0; p < from.format->planes; ++p) {
    const auto& plane = from.plane[static_cast<std::size_t>(p)];
    const auto rows = static_cast<std::size_t>(plane_rows(*from.format, p, from.height));
    std::memcpy(to.plane[static_cast<std::size_t>(p)].data, plane.data,
                rows * static_cast<std::size_t>(plane.stride));
  }
}

}  // namespace

Frame random_frame(const Setting& setting) {
  const PixelFormat& format = *find_format(setting.format);
  Frame frame(format, setting.size.width, setting.size.height);
  std::minstd_rand random(1);
  for (int p = 0; p < format.planes; ++p) {
    const auto& plane = frame.view().plane[static_cast<std::size_t>(p)];
    const int bytes = plane_row_bytes(format, p, setting.size.width);
    for (int y = 0; y < plane_rows(format, p, setting.size.height); ++y) {
      fill_row(format, plane.data + y * plane.stride, bytes, random);
    }
  }
  return frame;
}

namespace {

// A stream whose frames differ in memory: each turn goes on by one frame.
Job stream_job(const std::shared_ptr<Engine>& engine, const Setting& setting,
               const std::shared_ptr<Frame>& output) {
  const auto count = static_cast<std::size_t>(engine->filter().geometry().t.frames());
  auto frames = std::make_shared<std::vector<Frame>>();
  auto window = std::make_shared<std::vector<ConstFrameView>>();
  for (std::size_t i = 0; i < count; ++i) frames->push_back(random_frame(setting));
  for (const Frame& frame : *frames) window->emplace_back(frame.view());
  return [engine, output, frames, window] {
    std::rotate(window->begin(), window->begin() + 1, window->end());
    engine->process(*window, output->view());
  };
}

}  // namespace

Job core_job(const Work& work, const Setting& setting, const Frame& input) {
  std::vector<std::pair<std::string_view, std::string_view>> values(work.values.begin(),
                                                                    work.values.end());
  const std::string threads = std::to_string(setting.threads);
  values.emplace_back("n-threads", threads);
  std::shared_ptr<const Filter> filter = make_filter(work.filter, values);
  const Size size = Engine::output_size(*filter, setting.size);
  auto engine = std::make_shared<Engine>(std::move(filter));
  auto output = std::make_shared<Frame>(*input.view().format, size.width, size.height);
  if (engine->filter().geometry().t.frames() > 1) return stream_job(engine, setting, output);
  return [engine, output, view = ConstFrameView(input.view())] {
    engine->process(view, output->view());
  };
}

Job memcpy_job(const Setting& setting, const Frame& input) {
  const PixelFormat& format = *input.view().format;
  auto output = std::make_shared<Frame>(format, setting.size.width, setting.size.height);
  return [output, view = input.view(), frames = frames_of(setting)] {
    for (int i = 0; i < frames; ++i) copy(view, output->view());
  };
}

}  // namespace convolve::bench
