// Asio's and Beast's own code, compiled once for the whole program (scripts/cmake/toolchain.cmake says so to
// everyone else).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
