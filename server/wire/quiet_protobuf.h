// Keeps libprotobuf from writing about what others send.
#pragma once

namespace molva::wire {

// The library would write a line to standard error for each bad packet; whoever sent it is told,
// and nobody else needs to know. To be called before bytes from outside are parsed. Thread: any.
void QuietProtobuf();

}  // namespace molva::wire
