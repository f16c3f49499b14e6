// SPDX-License-Identifier: MIT
#include <convolve/history.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include <convolve/engine.h>

#include "core/border.h"
#include "core/simd/difference.h"

namespace convolve {

namespace {

template <typename T>
T read(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
double row_difference_of(const std::byte* one, const std::byte* other, int count, int step,
                         int shift) noexcept {
  double sum = 0;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const T a = read<T>(one + i * step);
    const T b = read<T>(other + i * step);
    if constexpr (sizeof(T) == 4) {
      sum += std::abs(static_cast<double>(a) - static_cast<double>(b));
    } else {
      sum += std::abs((a >> shift) - (b >> shift));
    }
  }
  return sum;
}

// Alpha, which is the last, does not count.
std::span<const Component> colours_of(const PixelFormat& format) noexcept {
  return std::span(format.component).first(format.components - (format.alpha ? 1U : 0U));
}

Size size_of(const ConstFrameView& frame, const Component& component) noexcept {
  return {component_size(frame.width, component.shift_x),
          component_size(frame.height, component.shift_y)};
}

// Whole numbers in rows of bytes, of which some may not count.
struct Rows {
  int bytes = 0;
  int count = 0;
  std::uint32_t mask = 0;  // of four bytes, again and again
};

// \returns nothing where a plane's rows are no such: real numbers, or components that end at other
// places, as the second luma sample of an odd width.
std::optional<Rows> rows_of(const ConstFrameView& frame, int plane) noexcept {
  const PixelFormat& format = *frame.format;
  const int sample = sample_size(format.type);
  if (format.type == SampleType::f32) return std::nullopt;
  const auto bits = static_cast<std::uint16_t>(0xffffU << format.low_zero_bits);
  std::byte mask[4] = {};
  std::optional<Rows> rows;
  int covered = 0;
  int pixel = 0;
  for (const Component& component : colours_of(format)) {
    if (component.plane != plane) continue;
    const Size size = size_of(frame, component);
    const int bytes = size.width * component.step;
    if (rows && (rows->bytes != bytes || rows->count != size.height)) return std::nullopt;
    rows = Rows{bytes, size.height, 0};
    for (int at = component.offset; at + sample <= 4; at += component.step) {
      std::memcpy(mask + at, &bits, static_cast<std::size_t>(sample));
    }
    covered += sample;
    pixel = component.step;
  }
  if (!rows) return std::nullopt;
  std::memcpy(&rows->mask, mask, sizeof rows->mask);
  // Pixels of three bytes, all of which count.
  if (4 % pixel != 0 && (covered != pixel || format.low_zero_bits != 0)) return std::nullopt;
  if (4 % pixel != 0) rows->mask = 0xffffffffU;
  return rows;
}

double plane_difference(const ConstFrameView& one, const ConstFrameView& other, int plane,
                        const Rows& rows) noexcept {
  const auto& a = one.plane[static_cast<std::size_t>(plane)];
  const auto& b = other.plane[static_cast<std::size_t>(plane)];
  std::uint64_t sum = 0;
  for (int y = 0; y < rows.count; ++y) {
    sum += row_difference(one.format->type, a.data + y * a.stride, b.data + y * b.stride,
                          static_cast<std::size_t>(rows.bytes), rows.mask);
  }
  return static_cast<double>(sum >> one.format->low_zero_bits);
}

double component_difference(const ConstFrameView& one, const ConstFrameView& other,
                            const Component& component) noexcept {
  const PixelFormat& format = *one.format;
  const Size size = size_of(one, component);
  const auto& a = one.plane[component.plane];
  const auto& b = other.plane[component.plane];
  double sum = 0;
  for (int y = 0; y < size.height; ++y) {
    const std::byte* const row = a.data + y * a.stride + component.offset;
    const std::byte* const other_row = b.data + y * b.stride + component.offset;
    sum += format.type == SampleType::u8
               ? row_difference_of<std::uint8_t>(row, other_row, size.width, component.step, 0)
           : format.type == SampleType::u16
               ? row_difference_of<std::uint16_t>(row, other_row, size.width, component.step,
                                                  format.low_zero_bits)
               : row_difference_of<float>(row, other_row, size.width, component.step, 0);
  }
  return sum;
}

}  // namespace

std::vector<int> window_places(const TimeGeometry& time, int own, int first, int last) {
  std::vector<int> places;
  for (int t = own - time.before; t <= own + time.after; ++t) {
    const int place = border_index(t - first, last - first, time.border);
    places.push_back(place == kNoSample ? -1 : first + place);
  }
  return places;
}

double mean_difference(const ConstFrameView& one, const ConstFrameView& other) noexcept {
  const PixelFormat& format = *one.format;
  double sum = 0;
  double samples = 0;
  for (int plane = 0; plane < format.planes; ++plane) {
    const std::optional<Rows> rows = rows_of(one, plane);
    if (rows) sum += plane_difference(one, other, plane, *rows);
    for (const Component& component : colours_of(format)) {
      if (component.plane != plane) continue;
      if (!rows) sum += component_difference(one, other, component);
      const Size size = size_of(one, component);
      samples += static_cast<double>(size.width) * size.height;
    }
  }
  return sum / samples / format.max_code();
}

}  // namespace convolve
