// Faults in the words of the protocol, for whoever reads why a case failed.
#pragma once

#include <string>

#include "model/fault.h"
#include "tests/support/catch.h"

template <>
struct Catch::StringMaker<molva::model::Fault> {
  static std::string convert(molva::model::Fault fault) {
    return "\"" + std::string(molva::model::RowOf(fault).text) + "\"";
  }
};
