{
  "targets": [
    {
      "target_name": "port_for_native",
      "sources": [
        "native/addon.cc",
        "native/address.cc",
        "native/bind_probe.cc",
        "native/connect_probe.cc",
        "native/connect_scan.cc",
        "native/folder_calls.cc",
        "native/hang_ups.cc",
        "native/jobs.cc",
        "native/js_values.cc",
        "native/judge.cc",
        "native/lease_handle.cc",
        "native/listener_question.cc",
        "native/owner_search.cc",
        "native/pick.cc",
        "native/pick_job.cc",
        "native/port_bits.cc",
        "native/scan.cc",
        "native/scan_job.cc",
        "native/socket_table.cc",
        "native/table_watch.cc",
        "native/this_machine.cc",
        "native/work_queue.cc"
      ],
      "include_dirs": ["<!(node scripts/node-addon-api.mjs)", "native"],
      # A call into JavaScript fails at any moment in a worker thread that is being terminated. The exception of
      # node-addon-api unwinds to the edge of the addon then, and is dropped there; without, the process is aborted.
      # What the C++ library throws becomes a JavaScript error there.
      "defines": [
        "NAPI_VERSION=8",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        "NAPI_CPP_EXCEPTIONS",
        "NODE_ADDON_API_CPP_EXCEPTIONS_ALL",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "cflags_cc!": ["-fno-exceptions"],
      "cflags_cc": ["-std=c++17", "-Wall", "-Wextra", "-Wno-unused-parameter", "-fvisibility=hidden"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "MACOSX_DEPLOYMENT_TARGET": "11.0"
      },
      "msvs_settings": {
        "VCCLCompilerTool": { "ExceptionHandling": 1, "AdditionalOptions": ["/std:c++17"] }
      },
      "conditions": [
        ["OS=='win'", {
          "sources": [
            "native/windows/ephemeral_range.cc",
            "native/windows/file_lock.cc",
            "native/windows/hang_up.cc",
            "native/windows/keep_loaded.cc",
            "native/windows/process_handle.cc",
            "native/windows/privilege.cc",
            "native/windows/random_seed.cc",
            "native/windows/readiness.cc",
            "native/windows/socket.cc",
            "native/windows/socket_owners.cc",
            "native/windows/socket_table.cc",
            "native/windows/thread.cc",
            "native/windows/winsock_error.cc",
            "native/none/abstract_socket.cc",
            "native/none/folder_files.cc",
            "native/none/activation.cc",
            "native/none/listener_question.cc",
            "native/none/process_watch.cc",
            "native/none/route.cc",
            "native/none/server_socket.cc",
            "native/none/signal_relay.cc",
            "native/table_ports.cc"
          ],
          "defines": ["NOMINMAX", "WIN32_LEAN_AND_MEAN", "_HAS_EXCEPTIONS=1"],
          "libraries": ["ws2_32.lib", "iphlpapi.lib", "advapi32.lib"]
        }, {
          "sources": [
            "native/posix/activation.cc",
            "native/posix/file_lock.cc",
            "native/posix/folder_files.cc",
            "native/posix/hang_up.cc",
            "native/posix/keep_loaded.cc",
            "native/posix/privilege.cc",
            "native/posix/signal_relay.cc",
            "native/posix/socket.cc",
            "native/posix/thread.cc"
          ]
        }],
        ["OS=='linux' or OS=='android'", {
          "sources": [
            "native/linux/abstract_socket.cc",
            "native/linux/socket.cc",
            "native/linux/content_guard.cc",
            "native/linux/server_socket.cc",
            "native/linux/interface.cc",
            "native/linux/ephemeral_range.cc",
            "native/linux/listener_question.cc",
            "native/linux/proc_net.cc",
            "native/linux/process_watch.cc",
            "native/linux/process_handle.cc",
            "native/linux/random_seed.cc",
            "native/linux/read_file.cc",
            "native/linux/readiness.cc",
            "native/linux/route.cc",
            "native/linux/open_sockets.cc",
            "native/linux/socket_owners.cc",
            "native/linux/socket_table.cc",
            "native/linux/thread_priority.cc"
          ]
        }],
        ["OS!='win' and OS!='mac'", {
          "sources": ["native/posix/keyboard_signal.cc"]
        }],
        # What Darwin and the BSDs have in common: kqueue, and one answer by SO_ERROR.
        ["OS=='mac' or OS=='freebsd' or OS=='openbsd' or OS=='netbsd'", {
          "sources": [
            "native/bsd/content_guard.cc",
            "native/bsd/random_seed.cc",
            "native/bsd/readiness.cc",
            "native/bsd/socket.cc",
            "native/none/abstract_socket.cc",
            "native/none/listener_question.cc",
            "native/none/process_watch.cc",
            "native/none/process_handle.cc",
            "native/none/route.cc",
            "native/none/server_socket.cc",
            "native/table_ports.cc"
          ]
        }],
        ["OS=='mac' or OS=='freebsd' or OS=='netbsd'", {
          "sources": ["native/bsd/ephemeral_range.cc"]
        }],
        ["OS=='openbsd'", {
          "sources": ["native/openbsd/ephemeral_range.cc"]
        }],
        ["OS=='mac'", {
          "sources": [
            "native/bsd/sysctl.cc",
            "native/macos/keyboard_signal.cc",
            "native/macos/pcb_list.cc",
            "native/macos/socket_owners.cc",
            "native/macos/socket_table.cc",
            "native/macos/thread_priority.cc"
          ]
        }],
        ["OS=='freebsd' or OS=='openbsd' or OS=='netbsd'", {
          "sources": [
            "native/none/socket_owners.cc",
            "native/none/socket_table.cc",
            "native/none/thread_priority.cc"
          ]
        }]
      ]
    }
  ]
}
