// SPDX-License-Identifier: MIT
/// \file
/// Views of sample memory, and one owner of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace convolve {

/// How one sample is stored. 10-bit video is `u16` with the code in the low bits.
enum class SampleType : std::uint8_t { u8, u16, f32 };

/// Bytes of one sample.
constexpr int sample_size(SampleType type) noexcept {
  return type == SampleType::u8 ? 1 : type == SampleType::u16 ? 2 : 4;
}

/// A rectangle of pixels that somebody else owns. A pixel is `channels` neighbouring samples.
/// `stride` is the distance in bytes from one row to the next: any value, negative too.
template <typename Byte>
struct BasicImageView {
  Byte* data = nullptr;
  int width = 0;     ///< pixels
  int height = 0;    ///< rows
  int channels = 1;  ///< samples a pixel
  std::ptrdiff_t stride = 0;
  SampleType type = SampleType::u8;

  [[nodiscard]] Byte* row(int y) const noexcept { return data + y * stride; }

  operator BasicImageView<const std::byte>() const noexcept {
    return {data, width, height, channels, stride, type};
  }
};

using ImageView = BasicImageView<std::byte>;
using ConstImageView = BasicImageView<const std::byte>;

/// Owns the memory of one image; rows start on 64-byte boundaries. Contents start as zero.
/// \throws std::invalid_argument for a size that is not positive, std::bad_alloc.
class Image {
 public:
  Image() = default;
  Image(int width, int height, SampleType type, int channels = 1);

  [[nodiscard]] const ImageView& view() const noexcept { return view_; }
  /// The samples of row `y`; `T` must be the type that `view().type` names.
  template <typename T>
  [[nodiscard]] T* row(int y) const noexcept {
    return reinterpret_cast<T*>(view_.row(y));
  }

 private:
  struct Free {
    void operator()(std::byte* memory) const noexcept;
  };
  std::unique_ptr<std::byte, Free> memory_;
  ImageView view_;
};

}  // namespace convolve
