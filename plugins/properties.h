// SPDX-License-Identifier: MIT
/// \file
/// Parameters as GObject properties.
#pragma once

#include <gst/gst.h>

#include <convolve/filter.h>

namespace convolve {

/// Installs a property for each parameter of the filter; parameter i gets the number i + 1.
void install_properties(GObjectClass* object_class, const FilterInfo& info);

/// What a property of this parameter was set to.
ParamValue from_property(const Param& param, const GValue* value);

/// Writes a parameter's value to a property's.
void to_property(const Param& param, const ParamValue& from, GValue* value);

}  // namespace convolve
