// SPDX-License-Identifier: MIT
#include <memory>
#include <utility>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "bench_contender.h"

namespace convolve::bench {

namespace {

// One plane, its samples as channels, and room for what is made of it.
struct Plane {
  cv::Mat input;
  cv::Mat output;
  cv::Mat gray;
  cv::Mat x;
  cv::Mat y;
  int shift = 0;
};

int depth_of(SampleType type) {
  return type == SampleType::u8 ? CV_8U : type == SampleType::u16 ? CV_16U : CV_32F;
}

std::vector<Plane> planes_of(const FrameView& view) {
  std::vector<Plane> planes;
  for (int p = 0; p < view.format->planes; ++p) {
    const Component* component = nullptr;
    for (const Component& each : view.format->component) {
      if (each.plane == p && component == nullptr) component = &each;
    }
    const int channels = component->step / sample_size(view.format->type);
    const auto& memory = view.plane[static_cast<std::size_t>(p)];
    Plane& plane = planes.emplace_back();
    plane.input = cv::Mat(component_size(view.height, component->shift_y),
                          component_size(view.width, component->shift_x),
                          CV_MAKETYPE(depth_of(view.format->type), channels), memory.data,
                          static_cast<std::size_t>(memory.stride));
    plane.shift = component->shift_x;
  }
  return planes;
}

cv::Mat taps_of(const Kernel& kernel, double divisor) {
  cv::Mat taps(kernel.height(), kernel.width(), CV_32F);
  for (int y = 0; y < kernel.height(); ++y) {
    for (int x = 0; x < kernel.width(); ++x) {
      taps.at<float>(y, x) = static_cast<float>(kernel.tap(x, y) / divisor);
    }
  }
  return taps;
}

// The row and the column whose product the kernel is.
std::pair<cv::Mat, cv::Mat> factors_of(const Kernel& kernel, double divisor) {
  const cv::Mat taps = taps_of(kernel, divisor);
  return {taps.row(0).clone(), taps.col(0) / taps.at<float>(0, 0)};
}

void find_edges(Plane& plane, bool magnitude) {
  const int channels = plane.input.channels();
  if (channels >= 3) {
    cv::cvtColor(plane.input, plane.gray, channels == 3 ? cv::COLOR_RGB2GRAY : cv::COLOR_RGBA2GRAY);
  } else {
    plane.gray = plane.input;
  }
  if (!magnitude) {
    const int depth = plane.gray.depth() == CV_8U ? CV_16S : CV_32F;
    cv::Sobel(plane.gray, plane.output, depth, 1, 0, 3, 1, 0, cv::BORDER_REPLICATE);
    return;
  }
  cv::Sobel(plane.gray, plane.x, CV_32F, 1, 0, 3, 1, 0, cv::BORDER_REPLICATE);
  cv::Sobel(plane.gray, plane.y, CV_32F, 0, 1, 3, 1, 0, cv::BORDER_REPLICATE);
  cv::magnitude(plane.x, plane.y, plane.x);
  plane.x.convertTo(plane.output, plane.gray.depth());
  if (channels >= 3) {
    cv::cvtColor(plane.output, plane.gray,
                 channels == 3 ? cv::COLOR_GRAY2RGB : cv::COLOR_GRAY2RGBA);
  }
}

using PlaneTask = std::function<void(Plane&)>;

PlaneTask task_of(const Work& work) {
  constexpr int kBorder = cv::BORDER_REPLICATE;
  switch (work.task) {
    case Task::dense:
      return [taps = taps_of(work.kernel, work.divisor)](Plane& plane) {
        cv::filter2D(plane.input, plane.output, -1, taps, {-1, -1}, 0, kBorder);
      };
    case Task::separable:
      return [factors = factors_of(work.kernel, work.divisor)](Plane& plane) {
        cv::sepFilter2D(plane.input, plane.output, -1, factors.first, factors.second, {-1, -1}, 0,
                        kBorder);
      };
    case Task::gaussian:
      return [sigma = work.sigma](Plane& plane) {
        cv::GaussianBlur(plane.input, plane.output, {0, 0}, sigma / (1 << plane.shift), 0, kBorder);
      };
    case Task::sobel_magnitude:
      return [](Plane& plane) { find_edges(plane, true); };
    case Task::sobel_x:
      return [](Plane& plane) { find_edges(plane, false); };
    case Task::box:
      return [](Plane& plane) {
        cv::boxFilter(plane.input, plane.output, -1, {3, 3}, {-1, -1}, true, kBorder);
      };
    case Task::binomial:
      return [](Plane& plane) {
        cv::GaussianBlur(plane.input, plane.output, {3, 3}, 0, 0, kBorder);
      };
    case Task::upsample:
      return [](Plane& plane) { cv::resize(plane.input, plane.output, {}, 2, 2, cv::INTER_CUBIC); };
    case Task::over_time:
      break;
  }
  return {};
}

}  // namespace

Job opencv_job(const Work& work, const Setting& setting, const Frame& input) {
  auto planes = std::make_shared<std::vector<Plane>>(planes_of(input.view()));
  // Edges are sought in luma alone.
  if (work.filter == "sobel") planes->resize(1);
  return [planes, task = task_of(work), threads = static_cast<int>(setting.threads)] {
    cv::setNumThreads(threads);
    for (Plane& plane : *planes) task(plane);
  };
}

}  // namespace convolve::bench
