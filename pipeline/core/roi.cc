// SPDX-License-Identifier: MIT
#include "core/roi.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "core/messages.h"
#include "core/number.h"

namespace convolve {

namespace {

std::array<std::int64_t, 4> parse_roi(const std::string& text) {
  const auto refuse = [&text](const char* why) {
    throw ParamError("roi: " + quoted(text) + " " + why);
  };
  std::array<std::int64_t, 4> values{};
  std::string_view rest = text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view word = trim(rest.substr(0, end));
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), values[i]);
    if (error != std::errc{} || stop != word.data() + word.size() ||
        std::abs(values[i]) > (std::int64_t{1} << 40) || (i == 3) != (end == rest.size())) {
      refuse("is not x,y,w,h in pixels");
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (values[2] < 1 || values[3] < 1) refuse("is less than a pixel wide or high");
  return values;
}

// [start, start + length) within [0, limit), rounded outwards to multiples of `grid`.
std::pair<int, int> clip(std::int64_t start, std::int64_t length, std::int64_t grid, int limit) {
  const std::int64_t first = std::clamp<std::int64_t>(start, 0, limit);
  const std::int64_t last = std::clamp<std::int64_t>(start + length, first, limit);
  const std::int64_t end = std::min<std::int64_t>((last + grid - 1) / grid * grid, limit);
  return {static_cast<int>(first / grid * grid), static_cast<int>(end)};
}

}  // namespace

void check_roi_text(const std::string& text) {
  if (!text.empty()) parse_roi(text);
}

Rect roi_rect(const std::string& text, const PixelFormat& format, Size size) {
  const std::array<std::int64_t, 4> values = parse_roi(text);
  std::int64_t grid_x = 1;
  std::int64_t grid_y = 1;
  for (std::size_t i = 0; i < format.components; ++i) {
    grid_x = std::max<std::int64_t>(grid_x, 1 << format.component[i].shift_x);
    grid_y = std::max<std::int64_t>(grid_y, 1 << format.component[i].shift_y);
  }
  const auto [x0, x1] = clip(values[0], values[2], grid_x, size.width);
  const auto [y0, y1] = clip(values[1], values[3], grid_y, size.height);
  if (x0 >= x1 || y0 >= y1 || values[0] + values[2] <= 0 || values[1] + values[3] <= 0 ||
      values[0] >= size.width || values[1] >= size.height) {
    return {};
  }
  return {x0, y0, x1, y1};
}

}  // namespace convolve
