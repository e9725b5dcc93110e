# Conan 2. libcsv has no recipe in Conan Center: option io=True takes it, header and library, from the system.
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import load


class JourneyConan(ConanFile):
    name = "journey"
    description = "Embeddable customer-journey analytics"
    license = "Apache-2.0"
    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"shared": [True, False], "fPIC": [True, False], "io": [True, False]}
    default_options = {"shared": False, "fPIC": True, "io": False}
    exports_sources = "CMakeLists.txt", "cmake/*", "include/*", "src/*", "LICENSE"

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include/journey/version.h"))
        self.version = re.search(r'kVersion = "([^"]+)"', header).group(1)

    def configure(self):
        if self.options.shared:
            self.options.rm_safe("fPIC")

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        self.requires("abseil/[>=20220623]", transitive_headers=True)
        self.requires("fmt/[>=9.1]")
        self.requires("libsodium/[>=1.0.18]")
        if self.options.io:
            self.requires("simdjson/[>=3.0]")
            self.requires("nlohmann_json/[>=3.11]")
            self.requires("zlib/[>=1.2.11 <2]")
            self.requires("kainjow-mustache/4.1")

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["JOURNEY_BUILD_IO"] = bool(self.options.io)
        for part in ("CLI", "TESTS", "EXAMPLES", "BENCHMARKS"):
            toolchain.cache_variables[f"JOURNEY_BUILD_{part}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "journey")
        core = self.cpp_info.components["core"]
        core.set_property("cmake_target_name", "journey::journey")
        core.set_property("pkg_config_name", "journey")
        core.libs = ["journey"]
        core.requires = ["abseil::absl_status", "abseil::absl_statusor", "abseil::absl_flat_hash_map",
                         "fmt::fmt", "libsodium::libsodium"]
        if self.settings.os == "Linux":
            core.system_libs = ["pthread"]
        if self.options.io:
            io = self.cpp_info.components["io"]
            io.set_property("cmake_target_name", "journey::io")
            io.set_property("pkg_config_name", "journey-io")
            io.libs = ["journey_io"]
            io.requires = ["core", "simdjson::simdjson", "nlohmann_json::nlohmann_json", "zlib::zlib",
                           "kainjow-mustache::kainjow-mustache"]
            io.system_libs = ["csv"]
