// molva: talks to a Molva server from the command line.
#include <string>
#include <vector>

#include "clients/cli/run.h"

int main(int argc, char** argv) {
  return molva::cli::Run(std::vector<std::string>(argv + 1, argv + argc));
}
