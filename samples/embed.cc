// SPDX-License-Identifier: MIT
// The library in a program of one's own: filters a picture in memory.
//
//   c++ -std=c++20 embed.cc $(pkg-config --cflags --libs convolve) -o embed
//   ./embed "gaussian=sigma=2,sobel" < in.ppm > out.ppm
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

#include <convolve/chain.h>
#include <convolve/engine.h>
#include <convolve/image.h>

namespace {

convolve::Image read_ppm(std::istream& stream) {
  std::string magic;
  int width = 0;
  int height = 0;
  int most = 0;
  stream >> magic >> width >> height >> most;
  stream.get();
  if (!stream || magic != "P6" || most != 255) throw std::runtime_error("not an 8-bit PPM");
  convolve::Image image(width, height, convolve::SampleType::u8, 3);
  for (int y = 0; y < height; ++y) stream.read(image.row<char>(y), 3L * width);
  if (!stream) throw std::runtime_error("the PPM ends early");
  return image;
}

void write_ppm(std::ostream& stream, const convolve::Image& image) {
  const convolve::ImageView& view = image.view();
  stream << "P6\n" << view.width << ' ' << view.height << "\n255\n";
  for (int y = 0; y < view.height; ++y) stream.write(image.row<char>(y), 3L * view.width);
}

}  // namespace

int main(int argc, char** argv) try {
  convolve::Image image = read_ppm(std::cin);
  for (const convolve::FilterSpec& spec : convolve::parse_chain(argc > 1 ? argv[1] : "sobel")) {
    convolve::Engine engine(convolve::make_filter(spec));
    const convolve::Size size = convolve::Engine::output_size(
        engine.filter(), {image.view().width, image.view().height});
    convolve::Image result(size.width, size.height, convolve::SampleType::u8, 3);
    engine.process(convolve::as_frame(image.view()), convolve::as_frame(result.view()));
    image = std::move(result);
  }
  write_ppm(std::cout, image);
} catch (const std::exception& error) {
  std::cerr << "embed: " << error.what() << '\n';
  return 1;
}
