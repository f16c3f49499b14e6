// SPDX-License-Identifier: MIT
#include <convolve/image.h>

#include <cstring>
#include <new>
#include <stdexcept>

namespace convolve {

namespace {
constexpr std::size_t kAlignment = 64;
}

void Image::Free::operator()(std::byte* memory) const noexcept {
  ::operator delete (memory, std::align_val_t{kAlignment});
}

Image::Image(int width, int height, SampleType type, int channels) {
  if (width < 1 || height < 1 || channels < 1) {
    throw std::invalid_argument("image: width, height and channels must be 1 or more");
  }
  const std::size_t row = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels) *
                          static_cast<std::size_t>(sample_size(type));
  const std::size_t stride = (row + kAlignment - 1) / kAlignment * kAlignment;
  const std::size_t bytes = stride * static_cast<std::size_t>(height);
  memory_.reset(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{kAlignment})));
  std::memset(memory_.get(), 0, bytes);
  view_ = {memory_.get(), width, height, channels, static_cast<std::ptrdiff_t>(stride), type};
}

}  // namespace convolve
