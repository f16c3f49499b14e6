// SPDX-License-Identifier: MIT
#include <convolve/kernel.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <sstream>
#include <utility>

#include "core/kernel_names.h"
#include "core/messages.h"
#include "core/number.h"
#include "core/text_file.h"

namespace convolve {

namespace {

// Reads rows of numbers. Rows end at `;`, a newline or `|`; `|` also ends a slice. Places in error
// messages are counted from 1, in rows of the whole text.
class RowReader {
 public:
  explicit RowReader(std::string_view text) : text_(text) {}

  Kernel read() {
    std::size_t start = 0;
    while (start <= text_.size()) {
      const std::size_t end = std::min(text_.find_first_of(";\n|", start), text_.size());
      const bool empty = !read_row(text_.substr(start, end - start));
      if (empty && end < text_.size() && text_[end] == ';') {
        throw KernelError("row " + std::to_string(rows_ + 1) + " is empty");
      }
      if (end < text_.size() && text_[end] == '|') end_slice();
      start = end + 1;
    }
    end_slice();
    return Kernel(static_cast<int>(width_), static_cast<int>(height_), depth_, std::move(taps_));
  }

 private:
  // Values are apart by white space, or by one comma. Returns whether there are any.
  bool read_row(std::string_view row) {
    std::size_t values = 0;
    std::size_t start = 0;
    bool comma = false;
    while ((start = row.find_first_not_of(" \t\r", start)) != std::string_view::npos) {
      if (row[start] == ',') {
        if (comma || values == 0) refuse_empty(values);
        comma = true;
        ++start;
        continue;
      }
      const std::size_t end = std::min(row.find_first_of(" ,\t\r", start), row.size());
      const std::string_view word = row.substr(start, end - start);
      ++values;
      const auto number = parse_number(word);
      if (!number) {
        throw KernelError("row " + std::to_string(rows_ + 1) + ", value " + std::to_string(values) +
                          ": " + quoted(word) + " is not a finite number");
      }
      taps_.push_back(*number);
      start = end;
      comma = false;
    }
    if (comma) refuse_empty(values);
    if (values > 0) end_row(values);
    return values > 0;
  }

  [[noreturn]] void refuse_empty(std::size_t values) const {
    throw KernelError("row " + std::to_string(rows_ + 1) + ", value " + std::to_string(values + 1) +
                      " is empty");
  }

  void end_row(std::size_t values) {
    ++rows_;
    ++slice_rows_;
    if (width_ == 0) width_ = values;
    if (values != width_) {
      throw KernelError("row " + std::to_string(rows_) + " has " + std::to_string(values) +
                        (values == 1 ? " value" : " values") + ", row 1 has " +
                        std::to_string(width_));
    }
    if (values > static_cast<std::size_t>(Kernel::kMaxSide)) {
      throw KernelError("row " + std::to_string(rows_) + " has " + std::to_string(values) +
                        " values, at most " + std::to_string(Kernel::kMaxSide) + " are allowed");
    }
  }

  void end_slice() {
    ++depth_;
    if (slice_rows_ == 0) throw KernelError("slice " + std::to_string(depth_) + " has no values");
    if (height_ == 0) height_ = slice_rows_;
    if (slice_rows_ != height_) {
      throw KernelError("slice " + std::to_string(depth_) + " has " + std::to_string(slice_rows_) +
                        " rows, slice 1 has " + std::to_string(height_));
    }
    slice_rows_ = 0;
  }

  std::string_view text_;
  std::vector<double> taps_;
  std::size_t width_ = 0;
  std::size_t height_ = 0;
  std::size_t rows_ = 0;
  std::size_t slice_rows_ = 0;
  int depth_ = 0;
};

std::string without_comments(const std::string& text) {
  std::istringstream lines(text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    kept += line.substr(0, line.find('#'));
    kept += '\n';
  }
  return kept;
}

Kernel read_file(const std::string& path) {
  try {
    return RowReader(without_comments(read_text_file(path))).read();
  } catch (const std::exception& problem) {
    throw KernelError("@" + path + ": " + problem.what());
  }
}

}  // namespace

Kernel::Kernel() : taps_{1.0} {}

Kernel::Kernel(int width, int height, int depth, std::vector<double> taps)
    : width_(width), height_(height), depth_(depth), taps_(std::move(taps)) {
  if (width < 1 || height < 1 || depth < 1) {
    throw KernelError("a kernel needs at least one value");
  }
  if (width > kMaxSide || height > kMaxSide) {
    throw KernelError("a kernel of " + std::to_string(width) + "×" + std::to_string(height) +
                      " is too large, at most " + std::to_string(kMaxSide) +
                      " taps a side are allowed");
  }
  if (depth > kMaxDepth) {
    throw KernelError("a kernel of " + std::to_string(depth) + " slices is too deep, at most " +
                      std::to_string(kMaxDepth) + " are allowed");
  }
  if (taps_.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                          static_cast<std::size_t>(depth)) {
    throw KernelError("the number of taps does not fit the kernel's size");
  }
  if (!std::all_of(taps_.begin(), taps_.end(), [](double tap) { return std::isfinite(tap); })) {
    throw KernelError("a tap is not a finite number");
  }
  if (std::any_of(taps_.begin(), taps_.end(),
                  [](double tap) { return std::abs(tap) > kMostMagnitude; })) {
    throw KernelError("a tap is larger than 1e30");
  }
}

Kernel Kernel::parse(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty()) throw KernelError("a kernel needs at least one value");
  if (trimmed.front() == '@') {
    return read_file(std::string(trim(trimmed.substr(1))));
  }
  const bool letter = (trimmed.front() >= 'a' && trimmed.front() <= 'z') ||
                      (trimmed.front() >= 'A' && trimmed.front() <= 'Z');
  return letter ? make_named_kernel(trimmed) : RowReader(trimmed).read();
}

double Kernel::sum() const noexcept {
  // Wider than the taps: many times a rounded 1/75 is 1.
  long double wide = 0;
  for (const double tap : taps_) wide += tap;
  const auto sum = static_cast<double>(wide);
  // Taps such as -1.1 and 1.1 may leave a rest that only rounding made.
  double magnitude = 0;
  for (const double tap : taps_) magnitude += std::abs(tap);
  return std::abs(sum) <= magnitude * 1e-13 ? 0 : sum;
}

bool Kernel::is_identity() const noexcept {
  for (int t = 0; t < depth_; ++t) {
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        const bool anchor = x == width_ / 2 && y == height_ / 2 && t == depth_ / 2;
        if (tap(x, y, t) != (anchor ? 1.0 : 0.0)) return false;
      }
    }
  }
  return true;
}

Kernel Kernel::rotated() const {
  Kernel kernel(*this);
  std::reverse(kernel.taps_.begin(), kernel.taps_.end());
  return kernel;
}

std::string Kernel::text() const {
  std::string text;
  for (int t = 0; t < depth_; ++t) {
    if (t > 0) text += " | ";
    for (int y = 0; y < height_; ++y) {
      if (y > 0) text += "; ";
      for (int x = 0; x < width_; ++x) {
        if (x > 0) text += ' ';
        text += format_number(tap(x, y, t));
      }
    }
  }
  return text;
}

std::vector<double> gaussian_taps(double sigma) {
  const int radius = static_cast<int>(std::ceil(4 * sigma));
  std::vector<double> taps(static_cast<std::size_t>(2 * radius + 1));
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    const double tap = std::exp(-0.5 * (i / sigma) * (i / sigma));
    taps[static_cast<std::size_t>(i + radius)] = tap;
    sum += tap;
  }
  for (double& tap : taps) tap /= sum;
  return taps;
}

}  // namespace convolve
