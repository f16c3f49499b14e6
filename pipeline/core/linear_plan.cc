// SPDX-License-Identifier: MIT
#include "core/linear_plan.h"

#include <algorithm>
#include <cmath>

#include "core/tap_scale.h"
#include "core/whole_plan.h"

namespace convolve {

namespace {

constexpr double kExactFloat = 16777216.0;  // whole numbers up to 2^24 are floats
constexpr double kCentre = 32768.0;

// The sums of `weights`, with all that is added to them, fit 32 bits.
bool sums_fit(const std::vector<std::int32_t>& weights, const IntFinish& finish, double amplitude) {
  return magnitude_of(weights) * amplitude + std::abs(static_cast<double>(finish.init)) +
             std::abs(static_cast<double>(finish.add)) <
         kMostSum;
}

bool fits(double number) { return std::abs(number) < kMostSum; }

// Sums are multiples of 2^-shift codes: all of the rounding is a shift.
std::optional<IntFinish> shift_finish(const LinearProblem& problem, int shift, double weight_sum,
                                      bool centred) {
  IntFinish finish;
  const double init = weight_sum * ((centred ? kCentre : 0) - problem.spec.base);
  const double add = std::ldexp(problem.post() + 0.5, shift);  // sums are whole: so is its floor
  if (shift < 0 || shift > 30 || !fits(init) || !fits(add)) return std::nullopt;
  finish.init = static_cast<std::int32_t>(init);
  finish.add = static_cast<std::int32_t>(std::floor(add));
  finish.shift = shift;
  finish.absolute = problem.response.response == Response::absolute;
  finish.max_code = static_cast<float>(problem.spec.max_code);
  return finish;
}

// The code of `unit·(clamped - add) + post` that comes out of the multiplication of halves is the
// nearest for every clamped value. Both grow with it: the first and the last value that a code
// comes out of are the furthest from it.
bool rounds_to_nearest(const IntFinish& finish, const Fraction& unit, std::int64_t twice_post) {
  const auto first_of = [&finish](std::int64_t code) {
    return ((code << (16 + finish.shift)) + finish.factor - 1) / finish.factor;
  };
  const auto off = [&](std::int64_t code, std::int64_t clamped) {
    return 2 * code * unit.denominator - 2 * (clamped - finish.add) * unit.numerator -
           twice_post * unit.denominator;
  };
  if (first_of(255) > 65535) return false;  // 65535 stands for all above
  for (std::int64_t code = 0; code <= 255; ++code) {
    const std::int64_t first = first_of(code);
    const std::int64_t last = first_of(code + 1) - 1;
    if (first > last) continue;
    if (code > 0 && off(code, first) > unit.denominator) return false;
    if (code < 255 && -off(code, last) > unit.denominator) return false;
  }
  return true;
}

// So that what comes of 65535 is no negative half to those that narrow signed halves.
double most_factor(int shift) { return shift == 0 ? 32768 : 65535; }

// Division by a multiplication of halves, where that is right for every sum.
bool find_factor(IntFinish& finish, const Fraction& unit, double post) {
  if (unit.numerator <= 0 || unit.numerator >= unit.denominator) return false;
  const double ratio = static_cast<double>(unit.numerator) / static_cast<double>(unit.denominator);
  const double add = std::floor((post + 0.5) / ratio);
  if (!fits(add)) return false;
  IntFinish found = finish;
  found.add = static_cast<std::int32_t>(add);
  const int finest = static_cast<int>(std::floor(std::log2(65535 / (65536 * ratio))));
  if (finest < 0 || finest > 15) return false;
  // No shift where that is fine enough.
  for (const int shift : {0, finest}) {
    const double factor = std::ldexp(ratio, 16 + shift);
    found.shift = shift;
    for (const double tried : {std::ceil(factor), std::floor(factor)}) {
      if (tried > most_factor(shift) || tried < 1) continue;
      found.factor = static_cast<std::uint16_t>(tried);
      if (!rounds_to_nearest(found, unit, static_cast<std::int64_t>(2 * post))) continue;
      found.real = false;
      finish = found;
      return true;
    }
  }
  return false;
}

// Exact: the taps are whole numbers over one divisor.
std::optional<WholePlan> plan_exact(const LinearProblem& problem) {
  auto whole = as_whole(problem.taps.taps, most_weight(problem.spec));
  if (!whole) return std::nullopt;
  WholePlan plan;
  plan.centred = problem.spec.input == SampleType::u16 && problem.spec.max_input > 32767;
  plan.weights = std::move(whole->weights);
  const auto finish =
      plan_exact_finish(problem, problem.response.scale * whole->factor / whole->divisor,
                        sum_of(plan.weights), plan.centred);
  if (!finish) return std::nullopt;
  plan.finish = *finish;
  const double amplitude = plan.centred ? kCentre : problem.spec.max_input;
  if (!sums_fit(plan.weights, plan.finish, amplitude)) return std::nullopt;
  if (problem.spec.output == SampleType::f32 &&
      magnitude_of(plan.weights) * amplitude > kExactFloat) {
    return std::nullopt;
  }
  return plan;
}

// Nearly: taps and scale are rounded to multiples of a power of two.
std::optional<WholePlan> plan_rounded(const LinearProblem& problem) {
  if (problem.spec.output == SampleType::f32) return std::nullopt;
  std::vector<double> taps(problem.taps.taps);
  for (double& tap : taps) tap *= problem.response.scale;
  const double largest = largest_of(taps);
  if (largest == 0) return std::nullopt;
  const bool centred = problem.spec.input == SampleType::u16 && problem.spec.max_input > 32767;
  const double amplitude = centred ? kCentre : problem.spec.max_input;
  const auto shift_for = [&](double most) {
    const double by_weight = std::floor(std::log2(most / largest));
    const double by_sum = std::floor(std::log2(
        kMostSum / 2 /
        (problem.magnitude() * amplitude + problem.spec.base + std::abs(problem.post()) + 1)));
    return static_cast<int>(std::clamp(std::min(by_weight, by_sum), -1.0, 30.0));
  };
  // One part where that is close enough, else two.
  for (const double most : {126.0, static_cast<double>(most_weight(problem.spec) - 1)}) {
    const int shift = shift_for(most);
    if (shift < 0) continue;
    RoundedTaps rounded = round_taps(taps, shift);
    const double off_sum = std::abs(std::ldexp(sum_of(rounded.weights), -shift) - sum_of(taps));
    const double error =
        rounded.error * amplitude + (centred ? off_sum * kCentre : 0) + std::ldexp(1.0, -shift);
    if (error > problem.error_budget()) continue;
    const auto finish = shift_finish(problem, shift, sum_of(rounded.weights), centred);
    if (!finish || !sums_fit(rounded.weights, *finish, amplitude)) continue;
    return WholePlan{std::move(rounded.weights), centred, *finish};
  }
  return std::nullopt;
}

}  // namespace

Window LinearProblem::window() const noexcept {
  return {taps.anchor_x, taps.width - 1 - taps.anchor_x, taps.anchor_y,
          taps.height / taps.frames - 1 - taps.anchor_y};
}

double LinearProblem::tap_sum() const noexcept {
  if (product != nullptr) {
    return sum_of(product->horizontal) * sum_of(product->vertical);
  }
  return sum_of(taps.taps);
}

double LinearProblem::magnitude() const noexcept {
  const double sum = product != nullptr
                         ? magnitude_of(product->horizontal) * magnitude_of(product->vertical)
                         : magnitude_of(taps.taps);
  return sum * std::abs(response.scale);
}

double LinearProblem::error_budget() const noexcept {
  // Kept a little below what the contract allows, for the rounding of the bounds themselves.
  const double share = spec.max_code <= 255 ? 0.049 : 0.45;
  return std::max(share * std::max(1.0, magnitude()), allowed_error);
}

std::vector<DotTap> LinearProblem::dot_taps(const std::vector<std::int32_t>& weights) const {
  std::vector<DotTap> placed;
  for (int y = 0; y < taps.height; ++y) {
    for (int x = 0; x < taps.width; ++x) {
      placed.push_back({y, x * spec.channels,
                        weights[static_cast<std::size_t>(y) * static_cast<std::size_t>(taps.width) +
                                static_cast<std::size_t>(x)]});
    }
  }
  return placed;
}

double LinearProblem::post() const noexcept {
  double post = spec.base + (spec.chroma ? 0 : response.bias * spec.max_code);
  if (response.response == Response::offset) {
    post += spec.integer ? (spec.max_code + 1) / 2 : 0.5;
  }
  return post;
}

Finish LinearProblem::real_finish() const noexcept {
  return {response.scale / spec.input_scale, -response.scale * spec.base * tap_sum(), post(),
          response.response == Response::absolute, spec.max_code};
}

std::optional<IntFinish> plan_exact_finish(const LinearProblem& problem, double unit,
                                           double weight_sum, bool centred) {
  const bool shiftable = problem.spec.output != SampleType::f32;
  for (int shift = 0; shiftable && shift <= 30; ++shift) {
    if (unit == std::ldexp(1.0, -shift)) return shift_finish(problem, shift, weight_sum, centred);
  }
  const auto fraction = as_fraction(unit, 1 << 20);
  // Where flat fields stay as they are, black need not be taken away and added again.
  const bool is_absolute = problem.response.response == Response::absolute;
  const bool keeps_flat = fraction && !is_absolute &&
                          static_cast<double>(fraction->numerator) * weight_sum ==
                              static_cast<double>(fraction->denominator);
  const double base = keeps_flat ? 0 : problem.spec.base;
  const double post = problem.post() - problem.spec.base + base;
  // v = sum·n/d lies at least 1/2d from the middle between two codes, or on it. In float it is off
  // by three roundings of a number below 2·(M + 1), which must be less.
  const double off = 3 * std::ldexp(2 * (problem.spec.max_code + 1), -24);
  const bool halves = post * 2 == std::floor(post * 2);
  const bool exact =
      problem.spec.max_code > 255 ||
      (fraction && halves && 0.5 / static_cast<double>(fraction->denominator) > off) ||
      problem.spec.output == SampleType::f32;
  if (!exact || std::abs(post) > 2 * problem.spec.max_code) return std::nullopt;
  const double init = weight_sum * ((centred ? kCentre : 0) - base);
  if (!fits(init)) return std::nullopt;
  IntFinish finish;
  finish.init = static_cast<std::int32_t>(init);
  finish.absolute = is_absolute;
  finish.real = true;
  // |sum·unit| = |sum|·|unit|: the sum's sign is taken before its unit.
  finish.scale = static_cast<float>(finish.absolute ? std::abs(unit) : unit);
  finish.post = static_cast<float>(post);
  finish.max_code = static_cast<float>(problem.spec.max_code);
  if (problem.spec.output == SampleType::u8 && fraction && halves) {
    find_factor(finish,
                {finish.absolute ? std::abs(fraction->numerator) : fraction->numerator,
                 fraction->denominator},
                post);
  }
  return finish;
}

std::optional<OuterProduct> as_outer_product(const LinearTaps& taps) {
  const auto pivot = static_cast<std::size_t>(
      std::max_element(taps.taps.begin(), taps.taps.end(),
                       [](double a, double b) { return std::abs(a) < std::abs(b); }) -
      taps.taps.begin());
  const double largest = taps.taps[pivot];
  if (largest == 0) return std::nullopt;
  const auto width = static_cast<std::size_t>(taps.width);
  const auto height = static_cast<std::size_t>(taps.height);
  const std::size_t row = pivot / width;
  const std::size_t column = pivot % width;
  OuterProduct product;
  for (std::size_t x = 0; x < width; ++x) product.horizontal.push_back(taps.taps[row * width + x]);
  for (std::size_t y = 0; y < height; ++y) {
    product.vertical.push_back(taps.taps[y * width + column] / largest);
  }
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const double off =
          std::abs(product.horizontal[x] * product.vertical[y] - taps.taps[y * width + x]);
      if (off > 1e-14 * std::abs(largest)) return std::nullopt;
    }
  }
  return product;
}

std::optional<WholePlan> plan_whole(const LinearProblem& problem) {
  if (problem.spec.input == SampleType::f32) return std::nullopt;
  if (auto exact = plan_exact(problem)) return exact;
  // Whole-number taps of moderate size are promised exact results, so they are not rounded.
  if (problem.spec.max_code <= 255 && as_whole(problem.taps.taps, 1023)) return std::nullopt;
  return plan_rounded(problem);
}

}  // namespace convolve
