// SPDX-License-Identifier: MIT
/// \file
/// The values of an element's properties, and the filter that they make.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <gst/gst.h>

#include <convolve/filter.h>

namespace convolve {

/// What the values of one moment make: a filter, or the reason why there is none.
struct Plan {
  std::shared_ptr<const Filter> filter;
  std::string error;
};

/// Values that any thread may set while another filters. They are guarded by the element's object
/// lock; filters are made outside of it.
class Settings {
 public:
  /// \param owner  whose lock is used; it outlives this
  Settings(GstObject* owner, const FilterInfo& info);

  [[nodiscard]] const FilterInfo& info() const noexcept { return info_; }

  [[nodiscard]] ParamValue value(const Param& param) const;

  /// Stores a value; it acts after the next `commit`. One that is not allowed makes the plan an
  /// error until the parameter is set to another.
  void set_value(const Param& param, const ParamValue& value);

  /// Lets what was set since the last commit act, all at once.
  /// \returns false where nothing was
  bool commit();

  /// The plan of the values committed last, made by the calling thread where nobody has made it.
  [[nodiscard]] std::shared_ptr<const Plan> plan();

 private:
  GstObject* owner_;
  const FilterInfo& info_;
  std::unique_ptr<Params> values_;
  std::map<const Param*, std::string> refused_;  ///< by parameter: what was wrong with its value
  bool changed_ = false;

  std::unique_ptr<const Params> committed_;
  std::string committed_error_;
  std::uint64_t generation_ = 1;

  std::shared_ptr<const Plan> plan_;
  std::uint64_t plan_generation_ = 0;
};

}  // namespace convolve
