// SPDX-License-Identifier: MIT
/// \file
/// What a filter is: a name, a table of parameters, and stages that compute rows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
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
/// `⌊(o·stride + origin)/scale⌋`, and there are `⌊((n − 1)·scale + 1 + growth)/stride⌋ + 1` outputs
/// of `n` inputs.
struct AxisGeometry {
  int stride = 1;
  int origin = 0;
  int growth = -1;
  int scale = 1;   ///< outputs an input; more than 1 only where the stride is 1
  int middle = 0;  ///< inputs from under the anchor to the middle of what an output covers

  /// \returns the output size, or 0 where the input is too small. What is beyond an int is its
  /// largest value.
  [[nodiscard]] constexpr int output_size(int input_size) const noexcept {
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    const std::int64_t last = (std::int64_t{input_size} - 1) * scale + 1 + growth;
    return last < 0 ? 0 : static_cast<int>(std::min(last / stride + 1, kMost));
  }
  /// The input of a plane of `size` samples that stands for `output` where no taps are summed.
  [[nodiscard]] constexpr int nearest_input(int output, int size) const noexcept {
    const std::int64_t at = std::int64_t{output} * stride + origin;
    const std::int64_t under = at >= 0 ? at / scale : -((scale - 1 - at) / scale);
    return static_cast<int>(std::clamp(under + middle, std::int64_t{0}, std::int64_t{size} - 1));
  }
  bool operator==(const AxisGeometry&) const = default;
};

/// Which frames an output needs: its own, and so many before and after it.
struct TimeGeometry {
  int before = 0;
  int after = 0;
  /// What stands for frames beyond the first and the last: replicate, reflect_101 or constant.
  Border border = Border::replicate;
  /// Frames that differ by more than this from the one before begin a scene, beyond whose ends
  /// frames count as missing: mean absolute difference, as a fraction of M. 0: no scenes.
  double scene_cut = 0;
  /// No output waits for frames after its own, not even for those that stand for missing ones.
  bool causal = false;

  [[nodiscard]] constexpr int frames() const noexcept { return before + 1 + after; }
  bool operator==(const TimeGeometry&) const = default;
};

struct Geometry {
  AxisGeometry x;
  AxisGeometry y;
  TimeGeometry t;

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
  double site_x = 0;  ///< from the middle of the luma that a sample stands for to where it lies,
  double site_y = 0;  ///< in samples: -1/4 for chroma of half the width over the first of two
};

/// Samples under the taps of a block's rows that lie beyond the plane.
struct RowEnds {
  int left = 0;    ///< so many before its first,
  int inside = 0;  ///< then as many that lie in it,
  int right = 0;   ///< and so many behind
  /// What each stands for, those of the left first, counted from the sample under the leftmost tap
  /// of output 0: one in the plane. `kLeastSamples` outputs that see the one see the other, too.
  const int* from = nullptr;
};

/// Padded rows for a stage. Never at an edge: every tap has its sample, but for stages that pad
/// rows themselves.
///
/// Of a filter over several frames, each row stands for that row of all of them, oldest first: row
/// y of frame t is `in[y·frames + t]`.
struct RowBlock {
  /// `above + rows + below` input rows; each points at the sample under the leftmost tap of output
  /// sample 0, or at the first after it that is not one of `ends`. `kRowSlack` samples beyond the
  /// last that is needed may be read.
  const std::byte* const* in = nullptr;
  /// `rows` output rows. Of 64 samples and more the stage writes just as many as are asked for; of
  /// fewer it may write up to 64.
  std::byte* const* out = nullptr;
  int rows = 0;
  int samples = 0;    ///< output samples a row: pixels × channels
  int y = 0;          ///< of the first output row, in its plane
  RowEnds ends = {};  ///< of stages that pad rows
};
inline constexpr int kRowSlack = 128;     ///< samples
inline constexpr int kLeastSamples = 64;  ///< that may be written

/// Where a vector of up to `kLeastSamples` begins that would begin at `next`: the last of a row
/// overlaps the one before.
constexpr int vector_start(int samples, int next, int vector) noexcept {
  return samples < kLeastSamples || next < samples - vector ? next : samples - vector;
}

/// Computes rows with a fixed set of taps. Immutable: any number of threads may call it at once.
///
/// Where the geometry's scale is `S` > 1, `rows` and `samples` of a block count cells: cell `j`
/// lies under input `j`, and makes outputs `S·j` to `S·j + S − 1` of the axis. `out` then holds
/// `S·rows` rows of `S·samples` samples.
class Stage {
 public:
  virtual ~Stage() = default;
  [[nodiscard]] virtual Window window() const noexcept = 0;
  /// Rows are computed alike that lie so many apart, others by where they lie in their plane.
  [[nodiscard]] virtual int row_period() const noexcept { return 1; }
  /// True where the stage makes what lies beyond both ends of a plane's rows: those that sum
  /// columns first have only the sums to repeat.
  [[nodiscard]] virtual bool pads_rows() const noexcept { return false; }
  /// Bytes of scratch for blocks of up to `samples` a row.
  [[nodiscard]] virtual std::size_t scratch_bytes(int samples) const noexcept = 0;
  /// \param scratch  64-byte aligned, of at least `scratch_bytes`
  virtual void process(const RowBlock& block, std::byte* scratch) const noexcept = 0;
};

/// Of a component on its own grid, in pixels.
struct PlaneSizes {
  int input_width = 0;
  int input_height = 0;
  int output_width = 0;
  int output_height = 0;
};

/// Computes rows from windows that end at the plane's edges, which it sees, other than `Stage`.
/// Immutable: any number of threads may call it at once.
class ClippedStage {
 public:
  virtual ~ClippedStage() = default;
  /// The rows of the plane that output row `y` is made of: at least one, from `first` on.
  struct Rows {
    int first = 0;
    int count = 1;
  };
  [[nodiscard]] virtual Rows rows(int y) const noexcept = 0;
  /// The most that any output row is made of.
  [[nodiscard]] virtual int most_rows() const noexcept = 0;
  [[nodiscard]] virtual std::size_t scratch_bytes() const noexcept = 0;
  /// Computes a whole output row.
  /// \param rows  whole rows of the plane, as many as `rows(y)` says; nothing beyond is read
  /// \param out  as many samples as the row has are written, and nothing beyond
  /// \param scratch  64-byte aligned, of at least `scratch_bytes`
  virtual void process(std::span<const std::byte* const> rows, std::byte* out,
                       std::byte* scratch) const noexcept = 0;
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
  /// True where alpha is filtered as the colours are; otherwise it is copied, or what lies nearest.
  [[nodiscard]] virtual bool filters_alpha() const { return false; }
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
  /// A stage whose windows end at the edges of the plane, to be used instead of any other; nullptr
  /// where those serve.
  [[nodiscard]] virtual std::unique_ptr<const ClippedStage> make_clipped_stage(
      const StageSpec& spec, const PlaneSizes& sizes) const {
    (void)spec, (void)sizes;
    return nullptr;
  }
  /// What people should know of parameters that are allowed and yet seldom meant, in one line;
  /// empty where there is nothing to say.
  [[nodiscard]] virtual std::string warning() const { return {}; }

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
