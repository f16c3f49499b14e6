// SPDX-License-Identifier: MIT
/// \file
/// Frames in memory as hostile as a caller may hand them in: any stride, any alignment, upside
/// down, no byte to spare at the end, and noise wherever the picture is not.
#pragma once

#include <convolve/format.h>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "picture.h"

namespace convolve::test {

struct Placement {
  int padding = 0;       ///< bytes after each row
  int misalignment = 0;  ///< bytes before the first row
  bool upside_down = false;
  unsigned noise = 1;  ///< seed of what the picture does not cover
};

/// An odd stride, an odd address, or a bottom-up frame.
Placement random_placement(std::mt19937& random);

/// Bytes with nothing beside them: the pages before and behind cannot be touched, and either the
/// first byte or the last one lies next to such a page.
class GuardedBytes {
 public:
  GuardedBytes(const std::vector<std::byte>& bytes, bool at_end);
  GuardedBytes(GuardedBytes&& other) noexcept;
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  GuardedBytes& operator=(GuardedBytes&&) = delete;
  ~GuardedBytes();

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::byte* body_ = nullptr;  ///< first byte of the pages that can be touched
  std::size_t body_size_ = 0;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A frame in memory that holds nothing but it: whoever reads beyond it ends there.
class TestFrame {
 public:
  TestFrame(const Layout& layout, int width, int height, const Placement& placement);
  TestFrame(const Picture& picture, const Placement& placement);
  TestFrame(const TestFrame&) = delete;
  TestFrame& operator=(const TestFrame&) = delete;

  [[nodiscard]] FrameView& view() { return view_; }
  [[nodiscard]] const FrameView& view() const { return view_; }

  /// The picture in numbers.
  [[nodiscard]] Picture picture() const;
  /// Every byte of the picture, in one order whatever the memory is like.
  [[nodiscard]] std::vector<std::byte> bytes() const;
  /// True where not one byte has changed since the picture was put there.
  [[nodiscard]] bool is_untouched() const;
  /// True where the bits that P010 leaves unused are 0.
  [[nodiscard]] bool low_bits_are_zero() const;
  /// Where a byte outside the picture changed: "plane 1, byte 77", or empty. The unused byte of
  /// RGBx and the second luma of an odd YUY2 pair belong to nobody.
  [[nodiscard]] std::string overwritten() const;

 private:
  template <typename Visit>
  void each_row(const Visit& visit) const;
  [[nodiscard]] int rows(int plane) const;
  [[nodiscard]] int row_bytes(int plane) const;
  void place_plane(int p, const Placement& placement);

  const Layout* layout_;
  std::vector<GuardedBytes> memory_;
  std::vector<std::vector<std::byte>> before_;  ///< what the memory held first
  FrameView view_;
};

}  // namespace convolve::test
