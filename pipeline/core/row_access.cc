// SPDX-License-Identifier: MIT
#include "core/row_access.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "core/simd/luma.h"
#include "core/simd/pixels.h"

namespace convolve {

namespace {

// Frames may lie at any address, so samples are copied, never dereferenced.
template <typename T>
T read(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename T>
void write(std::byte* to, T value) noexcept {
  std::memcpy(to, &value, sizeof value);
}

template <typename T>
T shifted_down(T value, int shift) noexcept {
  if constexpr (sizeof(T) == 2) return static_cast<T>(value >> shift);
  return value;
}
template <typename T>
T shifted_up(T value, int shift) noexcept {
  if constexpr (sizeof(T) == 2) return static_cast<T>(value << shift);
  return value;
}

// Calls `run` with the step as a constant where it is one or two samples: compilers make vectors
// of such loops.
template <typename T, typename Run>
void with_step(int step, const Run& run) noexcept {
  constexpr int kSize = sizeof(T);
  if (step == kSize) return run(std::integral_constant<int, kSize>());
  if (step == 2 * kSize) return run(std::integral_constant<int, 2 * kSize>());
  run(step);
}

template <typename T>
void gather(const std::byte* from, int step, int count, int shift, std::byte* to) noexcept {
  with_step<T>(step, [&](auto apart) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      write(to + i * static_cast<int>(sizeof(T)), shifted_down(read<T>(from + i * apart), shift));
    }
  });
}

template <typename T>
void scatter(const std::byte* from, int from_step, int count, int shift, int step,
             std::byte* to) noexcept {
  with_step<T>(step, [&](auto apart) {
    with_step<T>(from_step, [&](auto from_apart) {
      for (std::ptrdiff_t i = 0; i < count; ++i) {
        write(to + i * apart, shifted_up(read<T>(from + i * from_apart), shift));
      }
    });
  });
}

template <typename T>
void load_luma(const std::array<const std::byte*, 3>& rgb, const std::array<Component, 3>& layout,
               int count, std::byte* to) noexcept {
  const bool integer = sizeof(T) < 4;
  const float weight[3] = {integer ? 299.0F : 0.299F, integer ? 587.0F : 0.587F,
                           integer ? 114.0F : 0.114F};
  for (int i = 0; i < count; ++i) {
    float sum = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      sum += weight[c] *
             static_cast<float>(read<T>(rgb[c] + static_cast<std::ptrdiff_t>(i) * layout[c].step));
    }
    write(to + static_cast<std::size_t>(i) * sizeof(float), sum);
  }
}

template <typename T>
void add_difference(const std::array<const std::byte*, 3>& from,
                    const std::array<std::byte*, 3>& to, float value, double max_code) noexcept {
  double rgb[3];
  for (std::size_t c = 0; c < 3; ++c) rgb[c] = static_cast<double>(read<T>(from[c]));
  const double luma = (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000;
  for (std::size_t c = 0; c < 3; ++c) {
    const double sum = rgb[c] + (static_cast<double>(value) - luma);
    if constexpr (sizeof(T) == 4) {
      write(to[c], static_cast<T>(sum));
    } else {
      write(to[c], static_cast<T>(std::nearbyint(std::clamp(sum, 0.0, max_code))));
    }
  }
}

}  // namespace

void Source::load(const ConstFrameView& frame, int y, int x0, int x1,
                  std::byte* to) const noexcept {
  const int count = x1 - x0;
  const std::byte* from = at(frame, x0, y);
  if (kind == Kind::plain) {
    std::memcpy(to, from,
                static_cast<std::size_t>(count) * static_cast<std::size_t>(pixel_bytes()));
    return;
  }
  if (kind == Kind::strided) {
    const int step = component[0].step;
    if (type == SampleType::u8) return gather_bytes(from, step, count, to);
    if (type == SampleType::u16) return gather<std::uint16_t>(from, step, count, low_zero_bits, to);
    return gather<float>(from, step, count, 0, to);
  }
  std::array<const std::byte*, 3> rgb;
  for (std::size_t c = 0; c < 3; ++c) {
    const auto& plane = frame.plane[component[c].plane];
    rgb[c] = plane.data + y * plane.stride + component[c].offset + x0 * component[c].step;
  }
  if (frame_type == SampleType::u8) {
    return luma_of_bytes(rgb[0], rgb[1], rgb[2], component[0].step, count,
                         frame.plane[component[0].plane].stride, reinterpret_cast<float*>(to));
  }
  if (frame_type == SampleType::u16) return load_luma<std::uint16_t>(rgb, component, count, to);
  load_luma<float>(rgb, component, count, to);
}

void Source::load_border(int count, std::byte* to) const noexcept {
  for (int i = 0; i < count; ++i) {
    for (int c = 0; c < channels; ++c) {
      const double value = border[static_cast<std::size_t>(c)];
      std::byte* sample = to + (i * channels + c) * sample_size(type);
      if (type == SampleType::u8)
        write(sample, static_cast<std::uint8_t>(value));
      else if (type == SampleType::u16)
        write(sample, static_cast<std::uint16_t>(value));
      else
        write(sample, static_cast<float>(value));
    }
  }
}

void Sink::store(const FrameView& frame, int y, int x, int count, int step, const std::byte* row,
                 const ConstFrameView* original) const noexcept {
  const int bytes = pixel_bytes();
  if (kind == Kind::plain) {
    std::byte* to = at(frame, x, y);
    if (step == 1) {
      std::memcpy(to, row, static_cast<std::size_t>(count) * static_cast<std::size_t>(bytes));
      return;
    }
    for (int i = 0; i < count; ++i) {
      std::memcpy(to + i * bytes, row + static_cast<std::ptrdiff_t>(i) * step * bytes,
                  static_cast<std::size_t>(bytes));
    }
    return;
  }
  if (kind == Kind::broadcast && type == SampleType::u8 && step == 1 && component[0].step == 3) {
    const int first = std::min({component[0].offset, component[1].offset, component[2].offset});
    const auto& plane = frame.plane[component[0].plane];
    return triple_bytes(row, count, plane.stride, plane.data + y * plane.stride + first + x * 3);
  }
  if (fourth != kNone) {
    const auto& from = original->plane[0];
    const auto& to = frame.plane[0];
    return triple_beside_bytes(row, count, fourth, from.data + y * from.stride + x * 4, to.stride,
                               to.data + y * to.stride + x * 4);
  }
  const int copies = kind == Kind::broadcast ? 3 : 1;
  for (int c = 0; c < copies; ++c) {
    const Component& target = component[static_cast<std::size_t>(c)];
    const auto& plane = frame.plane[target.plane];
    std::byte* to = plane.data + y * plane.stride + target.offset + x * target.step;
    if (type == SampleType::u8 && step == 1) {
      scatter_bytes(row, count, target.step, to);
    } else if (type == SampleType::u8) {
      scatter<std::uint8_t>(row, step * bytes, count, 0, target.step, to);
    } else if (type == SampleType::u16) {
      scatter<std::uint16_t>(row, step * bytes, count, low_zero_bits, target.step, to);
    } else {
      scatter<float>(row, step * bytes, count, 0, target.step, to);
    }
  }
}

void Sink::store_difference(const ConstFrameView& original, int from_x, int from_y,
                            const FrameView& frame, int x, int y,
                            const std::byte* sample) const noexcept {
  const auto value = read<float>(sample);
  std::array<const std::byte*, 3> from;
  std::array<std::byte*, 3> to;
  for (std::size_t c = 0; c < 3; ++c) {
    const Component& place = component[c];
    const auto& from_plane = original.plane[place.plane];
    const auto& to_plane = frame.plane[place.plane];
    from[c] = from_plane.data + from_y * from_plane.stride + place.offset + from_x * place.step;
    to[c] = to_plane.data + y * to_plane.stride + place.offset + x * place.step;
  }
  if (frame_type == SampleType::u8) return add_difference<std::uint8_t>(from, to, value, max_code);
  if (frame_type == SampleType::u16) {
    return add_difference<std::uint16_t>(from, to, value, max_code);
  }
  add_difference<float>(from, to, value, max_code);
}

}  // namespace convolve
