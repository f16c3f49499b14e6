// SPDX-License-Identifier: MIT
#include "frames.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <new>
#include <utility>

namespace convolve::test {

namespace {

// Bytes that look like no picture, from a place that `seed` chooses in what is drawn once.
std::vector<std::byte> noise(std::size_t size, unsigned seed) {
  static const std::vector<std::byte> drawn = [] {
    std::minstd_rand random;
    std::vector<std::byte> bytes(1U << 16);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random() >> 8 & 0xffU);
    return bytes;
  }();
  std::vector<std::byte> bytes;
  bytes.reserve(size);
  for (std::size_t at = seed % drawn.size(); bytes.size() < size; at = 0) {
    const std::byte* const from = drawn.data() + at;
    bytes.insert(bytes.end(), from, from + std::min(drawn.size() - at, size - bytes.size()));
  }
  return bytes;
}

std::size_t page_size() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// Guarded pages that nobody uses, by their size: asking the system for a few takes longer than
// filtering them.
std::multimap<std::size_t, std::byte*>& idle_pages() {
  static std::multimap<std::size_t, std::byte*> idle;
  return idle;
}

constexpr std::size_t kLargestIdle = 1U << 18;

std::byte* guarded_pages(std::size_t size) {
  if (const auto found = idle_pages().find(size); found != idle_pages().end()) {
    return idle_pages().extract(found).mapped();
  }
  void* const map =
      mmap(nullptr, size + 2 * page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) throw std::bad_alloc();
  std::byte* const body = static_cast<std::byte*>(map) + page_size();
  mprotect(body, size, PROT_READ | PROT_WRITE);
  return body;
}

void give_back(std::byte* body, std::size_t size) {
  if (size <= kLargestIdle) {
    idle_pages().emplace(size, body);
  } else {
    munmap(body - page_size(), size + 2 * page_size());
  }
}

}  // namespace

Placement random_placement(std::mt19937& random) {
  Placement placement;
  placement.padding = static_cast<int>(random() % 70);
  placement.misalignment = static_cast<int>(random() % 67);
  placement.upside_down = random() % 4 == 0;
  placement.noise = static_cast<unsigned>(random());
  return placement;
}

GuardedBytes::GuardedBytes(const std::vector<std::byte>& bytes, bool at_end)
    : body_size_((bytes.size() + page_size() - 1) / page_size() * page_size()),
      size_(bytes.size()) {
  body_ = guarded_pages(body_size_);
  data_ = body_ + (at_end ? body_size_ - size_ : 0);
  std::copy(bytes.begin(), bytes.end(), data_);
}

GuardedBytes::GuardedBytes(GuardedBytes&& other) noexcept
    : body_(std::exchange(other.body_, nullptr)),
      body_size_(other.body_size_),
      data_(other.data_),
      size_(other.size_) {}

GuardedBytes::~GuardedBytes() {
  if (body_ != nullptr) give_back(body_, body_size_);
}

TestFrame::TestFrame(const Layout& layout, int width, int height, const Placement& placement)
    : layout_(&layout) {
  view_.format = find_format(layout.name);
  view_.width = width;
  view_.height = height;
  for (int p = 0; p < layout.planes(); ++p) place_plane(p, placement);
}

TestFrame::TestFrame(const Picture& picture, const Placement& placement)
    : TestFrame(*picture.layout, picture.width, picture.height, placement) {
  view_.range = picture.range;
  view_.matrix = picture.matrix;
  each_row([&](int c, int y, int width, int step, std::byte* at) {
    const Grid& grid = picture.component[static_cast<std::size_t>(c)];
    for (int x = 0; x < width; ++x, at += step) write_sample(*layout_, at, grid.at(x, y));
  });
  for (std::size_t p = 0; p < memory_.size(); ++p) {
    std::copy_n(memory_[p].data(), memory_[p].size(), before_[p].begin());
  }
}

Picture TestFrame::picture() const {
  Picture result(*layout_, view_.width, view_.height);
  result.range = view_.range;
  result.matrix = view_.matrix;
  each_row([&](int c, int y, int width, int step, const std::byte* at) {
    Grid& grid = result.component[static_cast<std::size_t>(c)];
    for (int x = 0; x < width; ++x, at += step) grid.at(x, y) = read_sample(*layout_, at);
  });
  return result;
}

std::vector<std::byte> TestFrame::bytes() const {
  std::vector<std::byte> result;
  each_row([&](int, int, int width, int step, const std::byte* at) {
    const std::size_t filled = result.size();
    result.resize(filled + static_cast<std::size_t>(width * layout_->bytes));
    std::byte* to = result.data() + filled;
    for (int x = 0; x < width; ++x, at += step) {
      for (int b = 0; b < layout_->bytes; ++b) *to++ = at[b];
    }
  });
  return result;
}

bool TestFrame::is_untouched() const {
  return std::equal(memory_.begin(), memory_.end(), before_.begin(), before_.end(),
                    [](const GuardedBytes& now, const std::vector<std::byte>& before) {
                      return std::memcmp(before.data(), now.data(), before.size()) == 0;
                    });
}

bool TestFrame::low_bits_are_zero() const {
  const unsigned mask = (1U << layout_->low_zero_bits) - 1U;
  bool zero = true;
  if (mask == 0) return zero;
  each_row([&](int, int, int width, int step, const std::byte* at) {
    for (int x = 0; x < width; ++x, at += step) {
      zero = zero && (std::to_integer<unsigned>(*at) & mask) == 0;
    }
  });
  return zero;
}

std::string TestFrame::overwritten() const {
  for (std::size_t p = 0; p < memory_.size(); ++p) {
    const std::byte* const now = memory_[p].data();
    // The picture's own rows may hold anything.
    std::vector<std::byte> allowed = before_[p];
    const auto& plane = view_.plane[p];
    for (int y = 0; y < rows(static_cast<int>(p)); ++y) {
      const std::byte* const row = plane.data + y * plane.stride;
      std::copy_n(row, row_bytes(static_cast<int>(p)), allowed.begin() + (row - now));
    }
    const auto wrong = std::mismatch(allowed.begin(), allowed.end(), now).first;
    if (wrong != allowed.end()) {
      return "plane " + std::to_string(p) + ", byte " + std::to_string(wrong - allowed.begin());
    }
  }
  return {};
}

// Calls `visit(component, y, width, step, first)` for each row of each component's samples.
template <typename Visit>
void TestFrame::each_row(const Visit& visit) const {
  for (int c = 0; c < layout_->components(); ++c) {
    const Place& place = layout_->place[static_cast<std::size_t>(c)];
    const auto& plane = view_.plane[static_cast<std::size_t>(place.plane)];
    const bool chroma = layout_->is_chroma(c);
    const int width = subsampled(view_.width, chroma ? layout_->shift_x : 0);
    const int height = subsampled(view_.height, chroma ? layout_->shift_y : 0);
    for (int y = 0; y < height; ++y) {
      visit(c, y, width, place.step, plane.data + y * plane.stride + place.offset);
    }
  }
}

int TestFrame::rows(int plane) const {
  int count = 0;
  for (int c = 0; c < layout_->components(); ++c) {
    if (layout_->place[static_cast<std::size_t>(c)].plane != plane) continue;
    count = std::max(count, subsampled(view_.height, layout_->is_chroma(c) ? layout_->shift_y : 0));
  }
  return count;
}

int TestFrame::row_bytes(int plane) const {
  int count = 0;
  for (int c = 0; c < layout_->components(); ++c) {
    const Place& place = layout_->place[static_cast<std::size_t>(c)];
    if (place.plane != plane) continue;
    const int shift = layout_->is_chroma(c) ? layout_->shift_x : 0;
    count = std::max(count, subsampled(view_.width, shift) * place.step);
  }
  return count;
}

void TestFrame::place_plane(int p, const Placement& placement) {
  const int stride = row_bytes(p) + placement.padding;
  const int size = placement.misalignment + (rows(p) - 1) * stride + row_bytes(p);
  before_.push_back(
      noise(static_cast<std::size_t>(size), placement.noise + static_cast<unsigned>(p)));
  memory_.emplace_back(before_.back(), placement.noise % 2 != 0);
  auto& plane = view_.plane[static_cast<std::size_t>(p)];
  plane.data = memory_.back().data() + placement.misalignment;
  plane.stride = stride;
  if (placement.upside_down) {
    plane.data += (rows(p) - 1) * stride;
    plane.stride = -stride;
  }
}

}  // namespace convolve::test
