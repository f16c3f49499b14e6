// SPDX-License-Identifier: MIT
/// \file
/// What a filter is: a name, a table of parameters, and stages that compute rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <convolve/format.h>
#include <convolve/params.h>

namespace convolve {

/// How output samples of one axis lie over input samples: the anchor of output `o` lies over input
/// `o·stride + origin`, and there are `⌊(n + growth)/stride⌋ + 1` outputs of `n` inputs.
struct AxisGeometry {
  int stride = 1;
  int origin = 0;
  int growth = -1;

  /// \returns the output size, or 0 where the input is too small.
  [[nodiscard]] constexpr int output_size(int input_size) const noexcept {
    return input_size + growth < 0 ? 0 : (input_size + growth) / stride + 1;
  }
  bool operator==(const AxisGeometry&) const = default;
};

struct Geometry {
  AxisGeometry x;
  AxisGeometry y;

  /// True where the output has the input's size and every output lies over its own input.
  [[nodiscard]] constexpr bool same_size() const noexcept {
    return x == AxisGeometry{} && y == AxisGeometry{};
  }
  bool operator==(const Geometry&) const = default;
};

/// Samples that a stage reads around the one under its anchor.
struct Window {
  int left = 0;
  int right = 0;
  int above = 0;
  int below = 0;
};

/// One kind of rows that the engine asks a stage for. Everything is in codes of the input.
struct StageSpec {
  SampleType input = SampleType::u8;   ///< rows that come in
  SampleType output = SampleType::u8;  ///< rows that go out; integers are rounded and clamped
  int channels = 1;                    ///< interleaved samples a pixel, all treated alike
  double max_code = 255;               ///< M, of the output
  double input_scale = 1;              ///< a code of the output is this many codes of the input
  double base = 0;         ///< code of black (luma) or of neutral (chroma), of the output
  bool chroma = false;     ///< a colour difference: no bias, and neutral for responses but clamp
  bool integer = true;     ///< the video format holds integers: every instruction set must agree
  double max_input = 255;  ///< largest input sample in magnitude, in codes of the input
  int shift_x = 0;         ///< log2 of the subsampling
  int shift_y = 0;
};

/// Padded rows for a stage. Never at an edge: every tap has its sample.
struct RowBlock {
  /// `above + rows + below` input rows; each points at the sample under the leftmost tap of output
  /// sample 0. `kRowSlack` samples beyond the last that is needed may be read.
  const std::byte* const* in = nullptr;
  /// `rows` output rows. Of 64 samples and more the stage writes just as many as are asked for; of
  /// fewer it may write up to 64.
  std::byte* const* out = nullptr;
  int rows = 0;
  int samples = 0;  ///< output samples a row: pixels × channels
};
inline constexpr int kRowSlack = 128;     ///< samples
inline constexpr int kLeastSamples = 64;  ///< that may be written

/// Where a vector of up to `kLeastSamples` begins that would begin at `next`: the last of a row
/// overlaps the one before.
constexpr int vector_start(int samples, int next, int vector) noexcept {
  return samples < kLeastSamples || next < samples - vector ? next : samples - vector;
}

/// Computes rows with a fixed set of taps. Immutable: any number of threads may call it at once.
class Stage {
 public:
  virtual ~Stage() = default;
  [[nodiscard]] virtual Window window() const noexcept = 0;
  /// Bytes of scratch for blocks of up to `samples` a row.
  [[nodiscard]] virtual std::size_t scratch_bytes(int samples) const noexcept = 0;
  /// \param scratch  64-byte aligned, of at least `scratch_bytes`
  virtual void process(const RowBlock& block, std::byte* scratch) const noexcept = 0;
};

/// Lines as weighted sums of lines: output line `i` is the sum of `weight[j]` times input line
/// `index[j]`, for j in [begin[i], begin[i + 1]). Index -1 is the constant border.
struct LineSums {
  int inputs = 0;
  std::vector<int> begin{0};
  std::vector<int> index;
  std::vector<float> weight;  ///< of each output line they sum to 1

  [[nodiscard]] int lines() const noexcept { return static_cast<int>(begin.size()) - 1; }
};

/// One pass over an axis, or two with fewer lines between them.
struct AxisSums {
  std::vector<LineSums> passes;
};

/// What separable filters give instead of a stage where their reach is too large for windows.
struct PlaneSums {
  AxisSums x;
  AxisSums y;
};

/// Work on whole planes; what it is only the core knows.
class PlaneWork;

/// A filter with its parameters. Immutable: any number of threads may use it at once.
class Filter {
 public:
  virtual ~Filter() = default;
  [[nodiscard]] const Params& params() const noexcept { return *params_; }
  [[nodiscard]] virtual Geometry geometry() const { return {}; }
  /// True where the output is the input, so that frames may pass untouched.
  [[nodiscard]] virtual bool is_identity() const { return false; }
  /// True where stages are wanted for chroma too; otherwise chroma becomes neutral.
  [[nodiscard]] virtual bool filters_chroma() const { return true; }
  /// True where output depends on the extremes of the whole frame (`response=rescale`): the engine
  /// first asks for `f32` rows of the plain values, then maps [min, max] to [0, M].
  [[nodiscard]] virtual bool rescales() const { return false; }
  [[nodiscard]] virtual std::unique_ptr<const Stage> make_stage(const StageSpec& spec) const = 0;
  /// Sums for planes of `width` × `height` samples, to be used instead of a stage; nothing where a
  /// stage serves. Only for filters that keep the size and whose taps sum to 1.
  [[nodiscard]] virtual std::optional<PlaneSums> make_sums(const StageSpec& spec, int width,
                                                           int height) const {
    (void)spec, (void)width, (void)height;
    return std::nullopt;
  }
  /// Other work on planes of `width` × `height` output samples that is cheaper than a stage;
  /// nothing where a stage serves. Not for filters that rescale.
  [[nodiscard]] virtual std::shared_ptr<PlaneWork> make_plane_work(const StageSpec& spec, int width,
                                                                   int height) const;

 protected:
  /// \throws ParamError where the region of interest cannot be read
  explicit Filter(std::unique_ptr<const Params> params);

 private:
  std::unique_ptr<const Params> params_;
};

/// A kind of filter. One word names it everywhere.
struct FilterInfo {
  std::string_view name;                              ///< "gaussian"
  std::string_view title;                             ///< "Gaussian blur"
  std::string_view description;                       ///< one paragraph
  std::span<const Param> params;                      ///< its own first, then the common ones
  std::unique_ptr<Params> (*new_params)() = nullptr;  ///< with defaults
  /// \throws ParamError, KernelError for values that do not go together
  std::unique_ptr<const Filter> (*make)(const Params&) = nullptr;
};

/// All filters, in the order of SPEC §5.
std::span<const FilterInfo* const> all_filters() noexcept;

/// \returns the filter of that name, or nullptr.
const FilterInfo* find_filter(std::string_view name) noexcept;
/// \returns the parameter of that name, or nullptr.
const Param* find_param(const FilterInfo& info, std::string_view name) noexcept;

/// The default of a parameter, read from freshly made params.
ParamValue default_value(const FilterInfo& info, const Param& param);

/// Makes a filter from names and texts: `make_filter("gaussian", {{"sigma", "2.5"}})`.
/// \throws ParamError, KernelError
std::unique_ptr<const Filter> make_filter(
    std::string_view name,
    std::span<const std::pair<std::string_view, std::string_view>> values = {});
std::unique_ptr<const Filter> make_filter(
    std::string_view name,
    std::initializer_list<std::pair<std::string_view, std::string_view>> values);

}  // namespace convolve
