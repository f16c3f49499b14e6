// SPDX-License-Identifier: MIT
#include "core/kernel_names.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <convolve/params.h>

#include "core/messages.h"
#include "core/number.h"

namespace convolve {

namespace {

// Kernels without arguments. Sobel: Sobel and Feldman 1968; Prewitt 1970; Scharr 2000. Names with
// x and y give right minus left and below minus above. `unsharp` is twice the picture less the
// binomial 5×5 blur; `ripple` adds rings of alternating sign to the picture.
struct FixedKernel {
  std::string_view name;
  std::string_view taps;
  std::string_view help;
};

constexpr FixedKernel kFixed[] = {
    {"identity", "1", "The picture itself"},
    {"sharpen", "0 -1 0; -1 5 -1; 0 -1 0", "Sharpens: the picture less its Laplacian"},
    {"unsharp",
     "-1/256 -4/256 -6/256 -4/256 -1/256; -4/256 -16/256 -24/256 -16/256 -4/256;"
     "-6/256 -24/256 476/256 -24/256 -6/256; -4/256 -16/256 -24/256 -16/256 -4/256;"
     "-1/256 -4/256 -6/256 -4/256 -1/256",
     "Unsharp mask: sharpens by a 5×5 binomial blur"},
    {"laplacian", "0 1 0; 1 -4 1; 0 1 0", "Second derivative, 4 neighbours"},
    {"laplacian-8", "1 1 1; 1 -8 1; 1 1 1", "Second derivative, 8 neighbours"},
    {"outline", "-1 -1 -1; -1 8 -1; -1 -1 -1", "Outlines, bright on black"},
    {"emboss", "-2 -1 0; -1 1 1; 0 1 2", "Relief"},
    {"sobel-x", "-1 0 1; -2 0 2; -1 0 1", "Sobel gradient, right minus left"},
    {"sobel-y", "-1 -2 -1; 0 0 0; 1 2 1", "Sobel gradient, below minus above"},
    {"left-sobel", "1 0 -1; 2 0 -2; 1 0 -1", "Sobel gradient, left minus right"},
    {"right-sobel", "-1 0 1; -2 0 2; -1 0 1", "Sobel gradient, right minus left"},
    {"top-sobel", "1 2 1; 0 0 0; -1 -2 -1", "Sobel gradient, above minus below"},
    {"bottom-sobel", "-1 -2 -1; 0 0 0; 1 2 1", "Sobel gradient, below minus above"},
    {"prewitt-x", "-1 0 1; -1 0 1; -1 0 1", "Prewitt gradient, right minus left"},
    {"prewitt-y", "-1 -1 -1; 0 0 0; 1 1 1", "Prewitt gradient, below minus above"},
    {"scharr-x", "-3 0 3; -10 0 10; -3 0 3", "Scharr gradient, right minus left"},
    {"scharr-y", "-3 -10 -3; 0 0 0; 3 10 3", "Scharr gradient, below minus above"},
    {"ripple", "1 -1 1 -1 1; -1 1 -1 1 -1; 1 -1 1 -1 1; -1 1 -1 1 -1; 1 -1 1 -1 1",
     "Alternating signs: turns fine texture into ripples"},
    {"motion", "-1 | 1", "What moved: the newest frame minus the oldest"},
};

constexpr NamedKernel kNamed[] = {
    {"identity", "", "identity", kFixed[0].help},
    {"box", "(W[xH[xT]])", "box(3)", "Mean of W×H pixels (H = W if left out) and T frames"},
    {"gaussian", "(sigma[,sigma-t])", "gaussian(1)",
     "Sampled Gaussian, truncated at 4 sigma; sigma in pixels, sigma-t in frames"},
    {"sharpen", "", "sharpen", kFixed[1].help},
    {"unsharp", "", "unsharp", kFixed[2].help},
    {"laplacian", "", "laplacian", kFixed[3].help},
    {"laplacian-8", "", "laplacian-8", kFixed[4].help},
    {"outline", "", "outline", kFixed[5].help},
    {"emboss", "", "emboss", kFixed[6].help},
    {"sobel-x", "", "sobel-x", kFixed[7].help},
    {"sobel-y", "", "sobel-y", kFixed[8].help},
    {"left-sobel", "", "left-sobel", kFixed[9].help},
    {"right-sobel", "", "right-sobel", kFixed[10].help},
    {"top-sobel", "", "top-sobel", kFixed[11].help},
    {"bottom-sobel", "", "bottom-sobel", kFixed[12].help},
    {"prewitt-x", "", "prewitt-x", kFixed[13].help},
    {"prewitt-y", "", "prewitt-y", kFixed[14].help},
    {"scharr-x", "", "scharr-x", kFixed[15].help},
    {"scharr-y", "", "scharr-y", kFixed[16].help},
    {"ripple", "", "ripple", kFixed[17].help},
    {"motion", "", "motion", kFixed[18].help},
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(trim(text.substr(start, end - start)));
    start = end + 1;
  }
  return parts;
}

int box_side(std::string_view text, int most) {
  int side = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), side);
  if (error != std::errc{} || end != text.data() + text.size() || side < 1 || side > most) {
    throw KernelError("box: " + quoted(text) + " is not a whole number of 1 … " +
                      std::to_string(most));
  }
  return side;
}

Kernel make_box(std::string_view arguments) {
  const std::vector<std::string_view> sides = split(arguments, 'x');
  if (arguments.empty() || sides.size() > 3) {
    throw KernelError("box: write box(W), box(WxH) or box(WxHxT)");
  }
  const int width = box_side(sides[0], Kernel::kMaxSide);
  const int height = sides.size() > 1 ? box_side(sides[1], Kernel::kMaxSide) : width;
  const int depth = sides.size() > 2 ? box_side(sides[2], Kernel::kMaxDepth) : 1;
  const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                            static_cast<std::size_t>(depth);
  return {width, height, depth, std::vector<double>(count, 1.0 / static_cast<double>(count))};
}

std::vector<double> gaussian_axis(std::string_view argument, std::string_view name, int most) {
  const auto sigma = parse_number(argument);
  if (!sigma || *sigma <= 0) {
    throw KernelError("gaussian: " + std::string(name) + " " + quoted(argument) +
                      " is not a number above 0");
  }
  if (2 * std::ceil(4 * *sigma) + 1 > most) {
    throw KernelError("gaussian: " + std::string(name) + " " + format_number(*sigma) +
                      " needs more than " + std::to_string(most) + " taps");
  }
  return gaussian_taps(*sigma);
}

Kernel make_gaussian(std::string_view arguments) {
  const std::vector<std::string_view> words = split(arguments, ',');
  if (arguments.empty() || words.size() > 2) {
    throw KernelError("gaussian: write gaussian(sigma) or gaussian(sigma,sigma-t)");
  }
  const std::vector<double> space = gaussian_axis(words[0], "sigma", Kernel::kMaxSide);
  const std::vector<double> time = words.size() > 1
                                       ? gaussian_axis(words[1], "sigma-t", Kernel::kMaxDepth)
                                       : std::vector<double>{1.0};
  std::vector<double> taps;
  taps.reserve(space.size() * space.size() * time.size());
  for (const double at_t : time) {
    for (const double at_y : space) {
      for (const double at_x : space) taps.push_back(at_t * at_y * at_x);
    }
  }
  const int side = static_cast<int>(space.size());
  return {side, side, static_cast<int>(time.size()), std::move(taps)};
}

[[noreturn]] void unknown_name(std::string_view name) {
  std::vector<std::string_view> names;
  for (const NamedKernel& named : kNamed) names.push_back(named.name);
  throw KernelError(quoted(name) + " is neither numbers nor the name of a kernel" +
                    did_you_mean(name, names));
}

}  // namespace

std::span<const NamedKernel> named_kernels() noexcept { return kNamed; }

Kernel make_named_kernel(std::string_view text) {
  std::string_view name = text;
  std::optional<std::string_view> arguments;
  if (const auto open = text.find('('); open != std::string_view::npos) {
    if (text.back() != ')') throw KernelError(quoted(text) + " lacks a closing ')'");
    name = trim(text.substr(0, open));
    arguments = trim(text.substr(open + 1, text.size() - open - 2));
  }
  if (name == "box") return make_box(arguments.value_or(""));
  if (name == "gaussian") return make_gaussian(arguments.value_or(""));
  for (const FixedKernel& fixed : kFixed) {
    if (fixed.name != name) continue;
    if (arguments) throw KernelError(quoted(name) + " takes no arguments");
    return Kernel::parse(fixed.taps);
  }
  unknown_name(name);
}

}  // namespace convolve
