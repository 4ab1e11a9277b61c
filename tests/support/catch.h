// Catch2 as every test of ours includes it.
#pragma once

#include <catch2/catch.hpp>
