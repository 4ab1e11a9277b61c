# Run as a script: cmake -DBUILD=… -DEXAMPLE=… -DCHECK=… -DSCRATCH=… -DCOMPILER=… -P this.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --component molva_sdk --prefix ${SCRATCH}/prefix)
run(${CMAKE_COMMAND} -G Ninja -S ${EXAMPLE} -B ${SCRATCH}/build -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix
  -DCMAKE_CXX_COMPILER=${COMPILER})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${CHECK} ${SCRATCH}/build/auth_guestbook.so)
