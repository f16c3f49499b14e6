// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "core/simd/pair_sums.h"
#include "core/tap_scale.h"

namespace convolve {

namespace {

// The weights of a pair's two lines, of which a word holds each as a half.
struct PairWeights {
  std::int32_t even = 0;
  std::int32_t odd = 0;
};
using Pairs = std::map<int, PairWeights>;

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
    const int index = sums.index[j] < 0 ? sums.inputs : sums.index[j];
    PairWeights& pair = pairs[index / 2];
    (index % 2 == 0 ? pair.even : pair.odd) += rounded.weights[j - first];
  }
  std::erase_if(pairs,
                [](const auto& pair) { return pair.second.even == 0 && pair.second.odd == 0; });
  return pairs;
}

/// Gives pairs slots, batch after batch.
class Slots {
 public:
  Slots(PairSums& sums, int slots) : sums_(sums) {
    sums.slots = slots;
    for (int slot = slots; slot-- > 0;) free_.push_back(slot);
  }

  /// Lines [first, last) have these pairs.
  void add_batch(int first, int last, const std::set<int>& pairs) {
    PairSums::Batch batch{first, last, sums_.places.size(), 0, 0};
    for (auto at = slot_of_.begin(); at != slot_of_.end();) {
      if (pairs.contains(at->first)) {
        sums_.places.push_back({at->first, at->second});
        ++at;
      } else {
        free_.push_back(at->second);
        at = slot_of_.erase(at);
      }
    }
    batch.fresh = sums_.places.size();
    for (const int pair : pairs) {
      if (slot_of_.contains(pair)) continue;
      slot_of_[pair] = free_.back();
      free_.pop_back();
      sums_.places.push_back({pair, slot_of_[pair]});
    }
    batch.end = sums_.places.size();
    sums_.batches.push_back(batch);
  }

  [[nodiscard]] int operator[](int pair) const { return slot_of_.at(pair); }

 private:
  PairSums& sums_;
  std::vector<int> free_;
  std::map<int, int> slot_of_;
};

void add_line(PairSums& sums, const Pairs& pairs, const Slots& slots) {
  for (auto [pair, weights] : pairs) {
    // A weight of 1 is more than a half holds: it comes in two or more.
    while (weights.even > 0 || weights.odd > 0) {
      const std::int32_t even = std::min(weights.even, 16384);
      const std::int32_t odd = std::min(weights.odd, 16384);
      sums.slot.push_back(slots[pair]);
      sums.word.push_back(even | (odd << 16));
      weights.even -= even;
      weights.odd -= odd;
    }
  }
  sums.begin.push_back(static_cast<int>(sums.slot.size()));
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
    std::set<int> pairs;
    std::size_t last = first;
    while (last < lines.size()) {
      std::set<int> more = pairs;
      for (const auto& [pair, weights] : lines[last]) more.insert(pair);
      if (more.size() > room) break;
      pairs = std::move(more);
      ++last;
    }
    slots_of.add_batch(static_cast<int>(first), static_cast<int>(last), pairs);
    for (; first < last; ++first) add_line(*this, lines[first], slots_of);
  }
}

int PairSums::most_pairs_of_a_line() const noexcept {
  int most = 1;
  for (std::size_t i = 1; i < begin.size(); ++i) most = std::max(most, begin[i] - begin[i - 1]);
  return most;
}

}  // namespace convolve
