// Which bug is planted at the moment. Part of programs whose topics and peers are compiled with
// MOLVA_SIM_BUGS.
#include "topic/remote/planted_bugs.h"

#include <optional>

namespace molva::topic {
namespace {

std::optional<PlantedBug>& Current() {
  static std::optional<PlantedBug> bug;
  return bug;
}

}  // namespace

bool Planted(PlantedBug bug) { return Current() == bug; }
void Plant(PlantedBug bug) { Current() = bug; }
void UprootAll() { Current().reset(); }

}  // namespace molva::topic
