// SPDX-License-Identifier: MIT
/// \file
/// Frames in memory as hostile as a caller may hand them in: any stride, any alignment, upside
/// down, no byte to spare at the end, and noise wherever the picture is not.
#pragma once

#include <convolve/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <random>
#include <string>
#include <utility>
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
inline Placement random_placement(std::mt19937& random) {
  Placement placement;
  placement.padding = static_cast<int>(random() % 70);
  placement.misalignment = static_cast<int>(random() % 67);
  placement.upside_down = random() % 4 == 0;
  placement.noise = static_cast<unsigned>(random());
  return placement;
}

/// Bytes with nothing beside them: the pages before and behind cannot be touched, and either the
/// first byte or the last one lies next to such a page.
class GuardedBytes {
 public:
  GuardedBytes(const std::vector<std::byte>& bytes, bool at_end) : size_(bytes.size()) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t body = (size_ + page - 1) / page * page;
    mapped_ = body + 2 * page;
    void* const map = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) throw std::bad_alloc();
    map_ = static_cast<std::byte*>(map);
    mprotect(map_ + page, body, PROT_READ | PROT_WRITE);
    data_ = map_ + page + (at_end ? body - size_ : 0);
    std::copy(bytes.begin(), bytes.end(), data_);
  }
  GuardedBytes(GuardedBytes&& other) noexcept
      : map_(std::exchange(other.map_, nullptr)),
        mapped_(other.mapped_),
        data_(other.data_),
        size_(other.size_) {}
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  GuardedBytes& operator=(GuardedBytes&&) = delete;
  ~GuardedBytes() {
    if (map_ != nullptr) munmap(map_, mapped_);
  }

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::byte operator[](std::size_t i) const { return data_[i]; }
  [[nodiscard]] std::vector<std::byte> copy() const { return {data_, data_ + size_}; }

 private:
  std::byte* map_ = nullptr;
  std::size_t mapped_ = 0;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A frame in memory that holds nothing but it: whoever reads beyond it ends there.
class TestFrame {
 public:
  TestFrame(const Layout& layout, int width, int height, const Placement& placement)
      : layout_(&layout) {
    view_.format = find_format(layout.name);
    view_.width = width;
    view_.height = height;
    for (int p = 0; p < layout.planes(); ++p) place_plane(p, placement);
  }

  TestFrame(const Picture& picture, const Placement& placement)
      : TestFrame(*picture.layout, picture.width, picture.height, placement) {
    view_.range = picture.range;
    view_.matrix = picture.matrix;
    for (int c = 0; c < layout_->components(); ++c) {
      const Grid& grid = picture.component[static_cast<std::size_t>(c)];
      for (int y = 0; y < grid.height; ++y) {
        for (int x = 0; x < grid.width; ++x) {
          write_sample(*layout_, sample(c, x, y), grid.at(x, y));
        }
      }
    }
    noise_.clear();
    for (const GuardedBytes& plane : memory_) noise_.push_back(plane.copy());
  }

  TestFrame(const TestFrame&) = delete;
  TestFrame& operator=(const TestFrame&) = delete;

  [[nodiscard]] FrameView& view() { return view_; }
  [[nodiscard]] const FrameView& view() const { return view_; }

  [[nodiscard]] std::byte* sample(int component, int x, int y) const {
    const Place& place = layout_->place[static_cast<std::size_t>(component)];
    const auto& plane = view_.plane[static_cast<std::size_t>(place.plane)];
    return plane.data + y * plane.stride + place.offset + x * place.step;
  }

  /// The picture in numbers.
  [[nodiscard]] Picture picture() const {
    Picture result(*layout_, view_.width, view_.height);
    result.range = view_.range;
    result.matrix = view_.matrix;
    for (int c = 0; c < layout_->components(); ++c) {
      Grid& grid = result.component[static_cast<std::size_t>(c)];
      for (int y = 0; y < grid.height; ++y) {
        for (int x = 0; x < grid.width; ++x) grid.at(x, y) = read_sample(*layout_, sample(c, x, y));
      }
    }
    return result;
  }

  /// Every byte of the picture, in one order whatever the memory is like.
  [[nodiscard]] std::vector<std::byte> bytes() const {
    std::vector<std::byte> result;
    for_each_sample([&](const std::byte* at) { result.insert(result.end(), at, at + layout_->bytes); });
    return result;
  }

  /// True where not one byte has changed since the picture was put there.
  [[nodiscard]] bool is_untouched() const {
    return std::equal(memory_.begin(), memory_.end(), noise_.begin(), noise_.end(),
                      [](const GuardedBytes& now, const std::vector<std::byte>& before) {
                        return std::equal(before.begin(), before.end(), now.data());
                      });
  }

  /// True where the bits that P010 leaves unused are 0.
  [[nodiscard]] bool low_bits_are_zero() const {
    bool zero = true;
    const unsigned mask = (1U << layout_->low_zero_bits) - 1U;
    for_each_sample([&](const std::byte* at) {
      zero = zero && (std::to_integer<unsigned>(*at) & mask) == 0;
    });
    return zero;
  }

  /// Where a byte outside the picture changed: "plane 1, byte 77", or empty. The unused byte of
  /// RGBx and the second luma of an odd YUY2 pair belong to nobody.
  [[nodiscard]] std::string overwritten() const {
    std::vector<std::vector<bool>> free_to_write;
    for (const auto& plane : memory_) free_to_write.emplace_back(plane.size(), false);
    for (std::size_t p = 0; p < memory_.size(); ++p) {
      const auto& plane = view_.plane[p];
      for (int y = 0; y < rows(static_cast<int>(p)); ++y) {
        const auto start = static_cast<std::size_t>(plane.data + y * plane.stride - memory_[p].data());
        for (int b = 0; b < row_bytes(static_cast<int>(p)); ++b) {
          free_to_write[p][start + static_cast<std::size_t>(b)] = true;
        }
      }
    }
    for (std::size_t p = 0; p < memory_.size(); ++p) {
      for (std::size_t b = 0; b < memory_[p].size(); ++b) {
        if (!free_to_write[p][b] && memory_[p][b] != noise_[p][b]) {
          return "plane " + std::to_string(p) + ", byte " + std::to_string(b);
        }
      }
    }
    return {};
  }

 private:
  template <typename Visit>
  void for_each_sample(const Visit& visit) const {
    for (int c = 0; c < layout_->components(); ++c) {
      const bool chroma = layout_->is_chroma(c);
      const int height = subsampled(view_.height, chroma ? layout_->shift_y : 0);
      const int width = subsampled(view_.width, chroma ? layout_->shift_x : 0);
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) visit(sample(c, x, y));
      }
    }
  }

  [[nodiscard]] int rows(int plane) const {
    int count = 0;
    for (int c = 0; c < layout_->components(); ++c) {
      if (layout_->place[static_cast<std::size_t>(c)].plane != plane) continue;
      count = std::max(count,
                       subsampled(view_.height, layout_->is_chroma(c) ? layout_->shift_y : 0));
    }
    return count;
  }

  [[nodiscard]] int row_bytes(int plane) const {
    int count = 0;
    for (int c = 0; c < layout_->components(); ++c) {
      const Place& place = layout_->place[static_cast<std::size_t>(c)];
      if (place.plane != plane) continue;
      const int shift = layout_->is_chroma(c) ? layout_->shift_x : 0;
      count = std::max(count, subsampled(view_.width, shift) * place.step);
    }
    return count;
  }

  void place_plane(int p, const Placement& placement) {
    const int stride = row_bytes(p) + placement.padding;
    const int size = placement.misalignment + (rows(p) - 1) * stride + row_bytes(p);
    std::minstd_rand noise(placement.noise + static_cast<unsigned>(p));
    std::vector<std::byte> memory(static_cast<std::size_t>(size));
    for (std::byte& b : memory) b = static_cast<std::byte>(noise() >> 8 & 0xffU);
    memory_.emplace_back(memory, placement.noise % 2 != 0);
    noise_.push_back(std::move(memory));
    auto& plane = view_.plane[static_cast<std::size_t>(p)];
    plane.data = memory_.back().data() + placement.misalignment;
    plane.stride = stride;
    if (placement.upside_down) {
      plane.data += (rows(p) - 1) * stride;
      plane.stride = -stride;
    }
  }

  const Layout* layout_;
  std::vector<GuardedBytes> memory_;
  std::vector<std::vector<std::byte>> noise_;
  FrameView view_;
};

}  // namespace convolve::test
