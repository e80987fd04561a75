# ipvs_kernel_test: ipvs/ against a real kernel. Needs root and IPVS, so it is not among ctest's cases:
# tests/lab/boot build/release/bin/ipvs_kernel_test
if(NOT TARGET ipvs_kernel_test)
  find_package(GTest REQUIRED)
  add_executable(ipvs_kernel_test
    ${CMAKE_SOURCE_DIR}/tests/ipvs/kernel_backend_lab.cpp ${CMAKE_SOURCE_DIR}/tests/ipvs/kernel_fixture.cpp
    ${CMAKE_SOURCE_DIR}/tests/ipvs/random_table.cpp)
  target_link_libraries(ipvs_kernel_test PRIVATE ipvs GTest::gtest GTest::gmock GTest::gtest_main)
endif()
