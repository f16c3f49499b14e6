// SPDX-License-Identifier: MIT
#include "bench_work.h"

#include <cmath>
#include <random>
#include <sstream>
#include <utility>

#include <convolve/filter.h>

namespace convolve::bench {

namespace {

std::string number_text(double number) {
  std::ostringstream text;
  text.precision(9);
  text << number;
  return text.str();
}

double used_taps(const Kernel& kernel) {
  double count = 0;
  for (const double tap : kernel.taps()) count += tap != 0 ? 1 : 0;
  return count;
}

Work kernel_work(std::string name, Kernel kernel, double must, double aim) {
  Work work{.name = std::move(name), .filter = "kernel"};
  work.values = {{"kernel", kernel.text()}, {"normalize", "true"}};
  work.kernel = std::move(kernel);
  work.divisor = work.kernel.sum();
  work.macs = used_taps(work.kernel);
  work.must = must;
  work.aim = aim;
  return work;
}

// No zeros, no symmetry, full rank, and a sum that is not a power of two: nothing to take a short
// cut by.
Kernel plain_kernel(int side, bool whole) {
  std::minstd_rand random(static_cast<unsigned>(side));
  const auto draw = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random()) / static_cast<double>(random.max());
  };
  std::vector<double> taps(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  double sum = 0;
  for (double& tap : taps) {
    tap = whole ? std::floor(draw(-3, 9)) : static_cast<float>(draw(-0.3, 0.9));
    if (tap == 0) tap = 1;
    sum += tap;
  }
  if (whole) {
    while (std::fmod(sum, 2) == 0 || std::fmod(sum, 3) == 0) {
      taps[taps.size() / 2] += 1;
      sum += 1;
    }
  }
  return {side, side, 1, std::move(taps)};
}

// A lens out of focus: ones within a circle, of low rank but no outer product.
Kernel disc_kernel(int side) {
  std::vector<double> taps;
  const double radius = side / 2.0;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      taps.push_back(std::hypot(x + 0.5 - radius, y + 0.5 - radius) <= radius ? 1 : 0);
    }
  }
  return {side, side, 1, std::move(taps)};
}

// A difference of Gaussians: rank 2, real taps.
Kernel band_kernel(int side) {
  std::vector<double> taps;
  const double centre = side / 2;
  const double sigma = side / 8.0;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double square = (x - centre) * (x - centre) + (y - centre) * (y - centre);
      const double narrow = std::exp(-square / (2 * sigma * sigma));
      taps.push_back(static_cast<float>(narrow - 0.2 * std::sqrt(narrow)));
    }
  }
  return {side, side, 1, std::move(taps)};
}

// Slices in time, each as `plain_kernel`.
Kernel plain_slices(int side, int depth) {
  std::vector<double> taps;
  for (int t = 0; t < depth; ++t) {
    const Kernel slice = plain_kernel(side, true);
    taps.insert(taps.end(), slice.taps().begin(), slice.taps().end());
    taps.back() += t;
  }
  return {side, side, depth, std::move(taps)};
}

// The outer product of three rows.
Kernel separable_slices() {
  std::vector<double> taps;
  for (const double t : {1, 3, 4, 2, 1}) {
    for (const double y : {2, 3, 9, 4, 1}) {
      for (const double x : {1, 5, 7, 3, 1}) taps.push_back(t * y * x);
    }
  }
  return {5, 5, 5, std::move(taps)};
}

Work time_work(std::string name, Kernel kernel, double must, double aim) {
  Work work{.name = std::move(name), .filter = "kernel3d", .task = Task::over_time};
  work.values = {{"kernel", kernel.text()}};
  work.macs = used_taps(kernel);
  work.kernel = std::move(kernel);
  work.must = must;
  work.aim = aim;
  return work;
}

Kernel outer_product(const std::vector<double>& row, const std::vector<double>& column) {
  std::vector<double> taps;
  for (const double y : column) {
    for (const double x : row) taps.push_back(x * y);
  }
  return {static_cast<int>(row.size()), static_cast<int>(column.size()), 1, std::move(taps)};
}

Work plain_work(const std::string& name, int side, bool whole, double must, double aim) {
  Work work = kernel_work(name, plain_kernel(side, whole), must, aim);
  work.whole = whole;
  return work;
}

Work separable_work(const std::string& name, const std::vector<double>& row,
                    const std::vector<double>& column) {
  Work work = kernel_work(name, outer_product(row, column), 0, 0);
  work.task = Task::separable;
  work.macs = static_cast<double>(row.size() + column.size());
  return work;
}

Work gaussian_work(double sigma, double must, double aim) {
  Work work{.name = "gaussian-" + number_text(sigma), .filter = "gaussian"};
  work.values = {{"sigma", number_text(sigma)}};
  work.task = Task::gaussian;
  work.sigma = sigma;
  work.macs = 2 * (2 * std::ceil(4 * sigma) + 1);
  work.must = must;
  work.aim = aim;
  return work;
}

std::vector<Work> all_works() {
  std::vector<Work> works{
      plain_work("3x3-integer", 3, true, 1.8, 1.3),
      plain_work("3x3-float", 3, false, 2.8, 1.8),
      plain_work("5x5-float", 5, false, 5, 3.5),
      plain_work("5x5-integer", 5, true, 3, 2.2),
      plain_work("7x7-integer", 7, true, 4.6, 3.5),
      plain_work("11x11-integer", 11, true, 10, 7.5),
      plain_work("31x31-integer", 31, true, 90, 60),
      kernel_work("31x31-disc", disc_kernel(31), 90, 60),
      plain_work("63x63-integer", 63, true, 0, 0),
      kernel_work("15x15-rank2", band_kernel(15), 0, 0),
      kernel_work("3x3-sharpen", {3, 3, 1, {0, -1, 0, -1, 5, -1, 0, -1, 0}}, 1.8, 1.3),
      separable_work("5x5-separable", {1, 5, 7, 3, 1}, {2, 3, 9, 4, 1}),
      separable_work("11x11-separable", {1, 2, 4, 7, 9, 11, 8, 6, 3, 2, 1},
                     {1, 3, 4, 6, 9, 10, 8, 5, 3, 2, 1}),
      gaussian_work(1, 3.2, 2.2),
      gaussian_work(2, 5, 3.5),
      gaussian_work(3, 6.5, 4.5),
      gaussian_work(10, 14, 8),
      gaussian_work(50, 14, 8),
  };
  works.push_back({.name = "sobel-magnitude",
                   .filter = "sobel",
                   .task = Task::sobel_magnitude,
                   .macs = 12,
                   .must = 2.4,
                   .aim = 1.6});
  works.push_back({.name = "sobel-x",
                   .filter = "sobel",
                   .values = {{"output", "x"}},
                   .task = Task::sobel_x,
                   .macs = 6,
                   .must = 1.6,
                   .aim = 1.2});
  Work box = kernel_work("3x3-box", {3, 3, 1, std::vector<double>(9, 1.0)}, 1.4, 1.1);
  box.task = Task::box;
  box.macs = 6;
  Work binomial = kernel_work("3x3-binomial", outer_product({1, 2, 1}, {1, 2, 1}), 1.4, 1.1);
  binomial.task = Task::binomial;
  binomial.macs = 6;
  works.push_back(std::move(box));
  works.push_back(std::move(binomial));
  works.push_back({.name = "upsample-bicubic",
                   .filter = "upsample",
                   .values = {{"stride", "2"}, {"kernel", "bicubic"}},
                   .task = Task::upsample,
                   .macs = 8,
                   .must = 3,
                   .aim = 2,
                   .growth = 2});
  works.push_back(time_work("3x3x3-integer", plain_slices(3, 3), 6, 4));
  works.push_back(time_work("3x3x3-box", {3, 3, 3, std::vector<double>(27, 1.0)}, 6, 4));
  works.push_back(time_work("5x5x5-separable", separable_slices(), 0, 0));
  std::erase_if(works, [](const Work& work) { return find_filter(work.filter) == nullptr; });
  return works;
}

std::string lower(std::string text) {
  for (char& letter : text) letter = static_cast<char>(letter == '_' ? '-' : std::tolower(letter));
  return text;
}

class RowList {
 public:
  explicit RowList(std::vector<Row>& rows) : rows_(rows) {}

  Row& add(const std::string& group, const Work& work, const Setting& setting, bool peers) {
    Row& row = rows_.emplace_back();
    row.id = group + "/" + work.name;
    row.work = work;
    row.setting = setting;
    row.peers = peers;
    if (setting.format != "GRAY8") row.work.must = row.work.aim = 0;
    return row;
  }

 private:
  std::vector<Row>& rows_;
};

// What cheap works make of a format: the rows that need not be there for every work.
bool is_typical(const Work& work) {
  return work.name == "3x3-integer" || work.name == "5x5-integer" || work.name == "gaussian-2" ||
         work.name == "sobel-magnitude";
}

void add_formats(RowList& list, const std::vector<Work>& works) {
  const auto compare = [&](const Work& work, const char* format, const char* with, double limit) {
    Row& row = list.add(lower(format), work, {.format = format}, is_typical(work));
    row.against = Against{with, work, {.format = with}, limit};
  };
  for (const Work& work : works) compare(work, "RGB", "GRAY8", 3.3);
  for (const Work& work : works) compare(work, "I420_10LE", "I420", 3);
  for (const Work& work : works) compare(work, "GRAY16_LE", "GRAY8", 3);
  for (const Work& work : works) {
    if (!is_typical(work)) continue;
    compare(work, "RGBA", "GRAY8", 0);
    compare(work, "I420", "GRAY8", 0);
    compare(work, "NV12", "I420", 0);
    compare(work, "P010_10LE", "NV12", 3);
    compare(work, "GRAY_F32", "GRAY8", 0);
  }
}

void add_threads(RowList& list, const std::vector<Work>& works) {
  for (const Work& work : works) {
    Row& row = list.add("threads-2", work, {.threads = 2}, false);
    row.against = Against{"1 thread", work, {}, 1.7, true, 0.3};
    row.work.must = row.work.aim = 0;
  }
}

void add_sizes(RowList& list, const std::vector<Work>& works) {
  const std::vector<std::pair<std::string, Size>> sizes{
      {"480p", {854, 480}}, {"720p", {1280, 720}}, {"4k", {3840, 2160}}, {"8k", {7680, 4320}}};
  for (const auto& [name, size] : sizes) {
    for (const Work& work : works) {
      if (!is_typical(work) && work.name != "gaussian-50") continue;
      Row& row = list.add(name, work, {.size = size}, name == "4k" && work.sigma < 10);
      row.against = Against{"1080p", work, {}, 1.15};
      row.work.must = row.work.aim = 0;
    }
  }
  for (const double sigma : {30.0, 100.0, 300.0, 1000.0}) {
    Row& row = list.add("sigma", gaussian_work(sigma, 0, 0), {}, false);
    row.against = Against{"sigma 10", gaussian_work(10, 0, 0), {}, 1.15};
  }
}

void add_elements(RowList& list, const std::vector<Work>& works) {
  for (const char* format : {"I420", "RGB", "NV12", "GRAY8"}) {
    for (const Work& work : works) {
      if (!is_typical(work)) continue;
      Row& row = list.add("element-" + lower(format), work,
                          {.format = format, .through = Through::element}, false);
      row.against = Against{"the core", work, {.format = format}, 1.15};
      row.work.must = row.work.aim = 0;
    }
  }
}

Work peer_element(const char* element,
                  std::vector<std::pair<std::string, std::string>> values = {}) {
  return {.name = element, .values = std::move(values), .element = element};
}

// What GStreamer has of its own, in a format that it takes.
void add_peer_elements(RowList& list) {
  const auto compare = [&](const char* format, const Work& ours, const Work& peer) {
    const Setting setting{.format = format, .through = Through::element};
    Row& row = list.add("element-" + lower(format), ours, setting, false);
    row.against = Against{peer.name, peer, setting};
  };
  const Work sobel{.name = "sobel", .filter = "sobel", .task = Task::sobel_magnitude, .macs = 12};
  compare("AYUV", gaussian_work(2, 0, 0), peer_element("gaussianblur", {{"sigma", "2"}}));
  compare("RGB", sobel, peer_element("cvsobel"));
  compare("RGB", gaussian_work(1.4, 0, 0),
          peer_element("cvsmooth",
                       {{"type", "gaussian"}, {"kernel-width", "7"}, {"kernel-height", "7"}}));
  compare("BGRx", sobel, peer_element("edgetv"));
}

void add_pipelines(RowList& list, const std::vector<Work>& works) {
  const Setting setting{.format = "I420", .through = Through::pipeline};
  for (const Work& work : works) {
    if (work.name != "3x3-sharpen" && work.name != "gaussian-3" && work.name != "sobel-magnitude") {
      continue;
    }
    Row& row = list.add("pipeline", work, setting, false);
    row.against = Against{"decoding only", {.name = "decoding"}, setting, 1.15};
  }
}

}  // namespace

std::vector<Row> all_rows() {
  const std::vector<Work> works = all_works();
  std::vector<Row> rows;
  RowList list(rows);
  for (const Work& work : works) {
    Row& row = list.add("gray8", work, {}, work.task != Task::over_time);
    if (work.name == "5x5x5-separable") {
      row.against = Against{"5x5", plain_work("5x5-integer", 5, true, 0, 0), {}, 1.6};
    }
  }
  add_formats(list, works);
  add_threads(list, works);
  add_sizes(list, works);
  add_elements(list, works);
  add_peer_elements(list);
  add_pipelines(list, works);
  return rows;
}

}  // namespace convolve::bench
