// SPDX-License-Identifier: MIT
#include "kernel_report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "json.h"
#include "text.h"

namespace convolve::cli {

namespace {

// The least number that makes every tap whole, or 0 where there is none worth showing.
int common_divisor(const Kernel& kernel) {
  constexpr int kMost = 1024;
  for (int divisor = 1; divisor <= kMost; ++divisor) {
    const bool whole = std::ranges::all_of(kernel.taps(), [divisor](double tap) {
      const double scaled = tap * divisor;
      return std::abs(scaled - std::round(scaled)) < 1e-9;
    });
    if (whole) return divisor;
  }
  return 0;
}

std::string tap_text(double tap, int divisor) {
  if (divisor > 0) return std::to_string(std::llround(tap * divisor));
  char text[32];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, tap, std::chars_format::fixed, 4);
  return error == std::errc{} ? std::string(text, end) : std::string("?");
}

constexpr int kMostColumns = 15;  // of taps as text

std::string rounded(double number) {
  const double thousandths = std::round(number * 1e6) / 1e6;
  return number_text(thousandths == 0 ? 0 : thousandths);
}

std::string size_text(const Kernel& kernel) {
  std::string text = std::to_string(kernel.width()) + "×" + std::to_string(kernel.height());
  if (kernel.depth() > 1) text += "×" + std::to_string(kernel.depth());
  return text;
}

std::string separable_text(const Kernel& kernel, const KernelFacts& facts) {
  if (facts.rank == 0) return "nothing but zeros";
  std::string text = facts.separable() ? "yes: " : "no: ";
  text += "rank " + std::to_string(facts.rank);
  if (kernel.depth() > 1) text += ", rank " + std::to_string(facts.time_rank) + " in time";
  if (facts.separable()) text += ", a row times a column";
  return text + (facts.separable() && kernel.depth() > 1 ? " times a sequence" : "");
}

// Along x, along y, along the diagonal and, of several slices, in time.
std::array<double, 4> responses(const Kernel& kernel, double frequency) {
  return {frequency_response(kernel, frequency, 0), frequency_response(kernel, 0, frequency),
          frequency_response(kernel, frequency, frequency),
          frequency_response(kernel, 0, 0, frequency)};
}

std::string fixed(double number, int digits, std::size_t width) {
  char text[400];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, digits);
  const std::string word = error == std::errc{} ? std::string(text, end) : "-";
  return std::string(word.size() < width ? width - word.size() : 0, ' ') + word;
}

constexpr double kStep = 0.05;  // cycles a pixel
constexpr int kSteps = 10;

// A table of numbers, with a bar for the largest of each row.
std::string response_text(const Kernel& kernel) {
  const bool moves = kernel.depth() > 1;
  std::string text = "frequency response, cycles a pixel" +
                     std::string(moves ? " or a frame" : "") + "\n            x       y  diagonal" +
                     (moves ? "    time" : "") + "\n";
  const std::size_t columns = moves ? 4 : 3;
  double most = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const auto row = responses(kernel, i * kStep);
    most = std::max(most, *std::max_element(row.begin(), row.begin() + columns));
  }
  for (int i = 0; i <= kSteps; ++i) {
    const auto row = responses(kernel, i * kStep);
    text +=
        fixed(i * kStep, 2, 6) + fixed(row[0], 3, 9) + fixed(row[1], 3, 8) + fixed(row[2], 3, 10);
    if (moves) text += fixed(row[3], 3, 8);
    const double largest = *std::max_element(row.begin(), row.begin() + columns);
    const auto bar = static_cast<std::size_t>(most > 0 ? std::lround(largest / most * 30) : 0);
    text += (bar > 0 ? "  " : "") + std::string(bar, '#') + "\n";
  }
  return text;
}

}  // namespace

std::string taps_text(const Kernel& kernel) {
  const int divisor = common_divisor(kernel);
  std::size_t widest = 0;
  for (const double tap : kernel.taps()) {
    widest = std::max(widest, tap_text(tap, divisor).size());
  }
  std::string text;
  for (int t = 0; t < kernel.depth(); ++t) {
    if (t > 0) text += "      |\n";
    for (int y = 0; y < kernel.height(); ++y) {
      text += "     ";
      for (int x = 0; x < kernel.width(); ++x) {
        const std::string tap = tap_text(kernel.tap(x, y, t), divisor);
        text += std::string(widest + 1 - tap.size(), ' ') + tap;
      }
      if (divisor > 1 && y == kernel.height() / 2) text += "   / " + std::to_string(divisor);
      text += "\n";
    }
  }
  return text;
}

std::string kernel_text(const std::string& name, const Kernel& kernel) {
  const KernelFacts facts = describe(kernel);
  std::string text = name + ": " + size_text(kernel) + "\n";
  if (kernel.width() <= kMostColumns && kernel.height() <= 2 * kMostColumns) {
    text += taps_text(kernel);
  } else {
    text += "  more taps than lines have room for; -o kernel.png draws them\n";
  }
  text += padded("taps", 12) + std::to_string(kernel.taps().size()) + ", " +
          std::to_string(facts.used) + " of them not zero\n";
  text +=
      padded("sum", 12) + rounded(facts.sum) + ", of magnitudes " + rounded(facts.magnitude) + "\n";
  text += padded("separable", 12) + separable_text(kernel, facts) + "\n";
  return text + response_text(kernel);
}

std::string kernel_json(const std::string& name, const Kernel& kernel) {
  const KernelFacts facts = describe(kernel);
  Json json;
  json["kernel"] = name;
  json["width"] = kernel.width();
  json["height"] = kernel.height();
  json["depth"] = kernel.depth();
  json["taps"] = std::vector<double>(kernel.taps().begin(), kernel.taps().end());
  json["taps_not_zero"] = facts.used;
  json["sum"] = facts.sum;
  json["magnitude"] = facts.magnitude;
  json["separable"] = facts.separable();
  json["rank"] = facts.rank;
  json["time_rank"] = facts.time_rank;
  Json& table = json["response"] = Json::array();
  for (int i = 0; i <= kSteps; ++i) {
    const auto [x, y, diagonal, time] = responses(kernel, i * kStep);
    Json row;
    row["frequency"] = i * kStep;
    row["x"] = x;
    row["y"] = y;
    row["diagonal"] = diagonal;
    if (kernel.depth() > 1) row["time"] = time;
    table.push_back(std::move(row));
  }
  return json_text(json);
}

}  // namespace convolve::cli
