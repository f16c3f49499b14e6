// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>
#include <vector>

#include "core/simd/pair_sums.h"
#include "core/tap_scale.h"

namespace convolve {

namespace {

// The weights of a pair's two lines, of which a word holds each as a half.
struct PairWeights {
  int pair = 0;
  std::int32_t even = 0;
  std::int32_t odd = 0;
};
using Pairs = std::vector<PairWeights>;  // in order

// Of as many terms, the roundings of an axis' weights could together be 0.2 codes of 8 bits.
bool has_many_terms(const LineSums& sums) {
  constexpr int kMany = 320;
  return std::adjacent_find(sums.begin.begin(), sums.begin.end(), [](int first, int last) {
           return last - first > kMany;
         }) != sums.begin.end();
}

Pairs pairs_of(const LineSums& sums, int line, int weight_bits) {
  const auto first = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line)]);
  const auto last = static_cast<std::size_t>(sums.begin[static_cast<std::size_t>(line) + 1]);
  const std::vector<double> weights(sums.weight.begin() + static_cast<std::ptrdiff_t>(first),
                                    sums.weight.begin() + static_cast<std::ptrdiff_t>(last));
  const RoundedTaps rounded = round_taps(weights, weight_bits);
  Pairs pairs;
  for (std::size_t j = first; j < last; ++j) {
    const std::int32_t weight = rounded.weights[j - first];
    if (weight == 0) continue;
    const int index = sums.index[j] < 0 ? sums.inputs : sums.index[j];
    auto at = std::ranges::lower_bound(pairs, index / 2, {}, &PairWeights::pair);
    if (at == pairs.end() || at->pair != index / 2) at = pairs.insert(at, {index / 2});
    (index % 2 == 0 ? at->even : at->odd) += weight;
  }
  return pairs;
}

/// Gives pairs slots, batch after batch.
class Slots {
 public:
  Slots(PairSums& sums, int slots)
      : sums_(sums), slot_of_(static_cast<std::size_t>(sums.inputs / 2 + 1), kNone) {
    sums.slots = slots;
    for (int slot = slots; slot-- > 0;) free_.push_back(slot);
  }

  /// Lines [first, last) have these pairs, in order.
  void add_batch(int first, int last, std::vector<int> pairs) {
    PairSums::Batch batch{first, last, sums_.places.size(), 0, 0};
    for (const int pair : held_) {
      if (std::ranges::binary_search(pairs, pair)) {
        sums_.places.push_back({pair, slot(pair)});
      } else {
        free_.push_back(std::exchange(slot(pair), kNone));
      }
    }
    batch.fresh = sums_.places.size();
    for (const int pair : pairs) {
      if (slot(pair) != kNone) continue;
      slot(pair) = free_.back();
      free_.pop_back();
      sums_.places.push_back({pair, slot(pair)});
    }
    batch.end = sums_.places.size();
    sums_.batches.push_back(batch);
    held_ = std::move(pairs);
  }

  [[nodiscard]] int& slot(int pair) { return slot_of_[static_cast<std::size_t>(pair)]; }

 private:
  static constexpr int kNone = -1;

  PairSums& sums_;
  std::vector<int> free_;
  std::vector<int> slot_of_;  // each pair
  std::vector<int> held_;     // pairs that have one
};

void add_line(PairSums& sums, const Pairs& pairs, Slots& slots) {
  for (PairWeights weights : pairs) {
    // A weight of 1 is more than a half holds: it comes in two or more.
    while (weights.even > 0 || weights.odd > 0) {
      const std::int32_t even = std::min(weights.even, 16384);
      const std::int32_t odd = std::min(weights.odd, 16384);
      sums.slot.push_back(slots.slot(weights.pair));
      sums.word.push_back(even | (odd << 16));
      weights.even -= even;
      weights.odd -= odd;
    }
  }
  sums.begin.push_back(static_cast<int>(sums.slot.size()));
  sums.most_pairs = std::max(sums.most_pairs, sums.begin.back() - *(sums.begin.end() - 2));
}

}  // namespace

PairSums::PairSums(const LineSums& sums)
    : inputs(sums.inputs), spare_bits(has_many_terms(sums) ? kSpareBits : 0) {
  std::vector<Pairs> lines;
  std::size_t most = 0;
  for (int line = 0; line < sums.lines(); ++line) {
    lines.push_back(pairs_of(sums, line, HalfSamples::kWeightBits + spare_bits));
    most = std::max(most, lines.back().size());
  }
  // So many more that a batch has several lines, for which its pairs stay in the first cache.
  constexpr std::size_t kMore = 64;
  const std::size_t room = most + std::min(most, kMore) + 8;
  Slots slots_of(*this, static_cast<int>(room));
  for (std::size_t first = 0; first < lines.size();) {
    std::vector<int> pairs;
    std::size_t last = first;
    while (last < lines.size()) {
      std::vector<int> more = pairs;
      for (const PairWeights& weights : lines[last]) {
        const auto at = std::ranges::lower_bound(more, weights.pair);
        if (at == more.end() || *at != weights.pair) more.insert(at, weights.pair);
      }
      if (more.size() > room) break;
      pairs = std::move(more);
      ++last;
    }
    slots_of.add_batch(static_cast<int>(first), static_cast<int>(last), std::move(pairs));
    for (; first < last; ++first) add_line(*this, lines[first], slots_of);
  }
}

}  // namespace convolve
