// SPDX-License-Identifier: MIT
#include <convolve/history.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/border.h"

namespace convolve {

namespace {

// Samples whose differences are summed before they join the total, so that 32 bits hold them.
constexpr int kPiece = 4096;

template <typename T>
T read(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// A step that is known makes this a loop of vectors.
template <typename T>
double piece_difference(const std::byte* one, const std::byte* other, int count, int step,
                        int shift) noexcept {
  if constexpr (sizeof(T) == 4) {
    double sum = 0;
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      sum += std::abs(static_cast<double>(read<float>(one + i * step)) -
                      static_cast<double>(read<float>(other + i * step)));
    }
    return sum;
  } else {
    std::uint32_t sum = 0;
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      const int difference =
          (read<T>(one + i * step) >> shift) - (read<T>(other + i * step) >> shift);
      sum += static_cast<std::uint32_t>(std::abs(difference));
    }
    return sum;
  }
}

template <typename T>
double row_difference(const std::byte* one, const std::byte* other, int count, int step,
                      int shift) noexcept {
  double sum = 0;
  for (int x = 0; x < count; x += kPiece) {
    const int piece = std::min(kPiece, count - x);
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(x) * step;
    if (step == static_cast<int>(sizeof(T)) && shift == 0) {
      sum += piece_difference<T>(one + at, other + at, piece, sizeof(T), 0);
    } else {
      sum += piece_difference<T>(one + at, other + at, piece, step, shift);
    }
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
  for (std::size_t i = 0; i < format.components; ++i) {
    if (format.alpha && i + 1 == format.components) break;
    const Component& component = format.component[i];
    const int width = component_size(one.width, component.shift_x);
    const int height = component_size(one.height, component.shift_y);
    const auto& a = one.plane[component.plane];
    const auto& b = other.plane[component.plane];
    for (int y = 0; y < height; ++y) {
      const std::byte* const row = a.data + y * a.stride + component.offset;
      const std::byte* const other_row = b.data + y * b.stride + component.offset;
      sum += format.type == SampleType::u8
                 ? row_difference<std::uint8_t>(row, other_row, width, component.step, 0)
             : format.type == SampleType::u16
                 ? row_difference<std::uint16_t>(row, other_row, width, component.step,
                                                 format.low_zero_bits)
                 : row_difference<float>(row, other_row, width, component.step, 0);
    }
    samples += static_cast<double>(width) * height;
  }
  return sum / samples / format.max_code();
}

}  // namespace convolve
