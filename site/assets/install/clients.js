/** Made by `make reference` from builder/install: the clients of an install panel, and what is said to all. */

export const CLIENTS = [
  {
    "id": "vs-code",
    "title": "VS Code",
    "dialect": {
      "types": {
        "streamable-http": "http",
        "sse": "sse"
      },
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "",
      "prompts": true,
      "fullName": true,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [
      {
        "label": "Install in VS Code",
        "template": "vscode:mcp/install?{named}",
        "twice": true
      },
      {
        "label": "Install in VS Code Insiders",
        "template": "vscode-insiders:mcp/install?{named}",
        "twice": true
      }
    ],
    "command": {
      "local": "code --add-mcp {named}",
      "remote": "code --add-mcp {named}"
    },
    "file": {
      "by": "servers",
      "key": "servers"
    },
    "places": [
      [
        "Project",
        ".vscode/mcp.json"
      ],
      [
        "macOS",
        "~/Library/Application Support/Code/User/mcp.json"
      ],
      [
        "Linux",
        "~/.config/Code/User/mcp.json"
      ],
      [
        "Windows",
        "%APPDATA%\\Code\\User\\mcp.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "visual-studio",
    "title": "Visual Studio",
    "dialect": {
      "types": {
        "streamable-http": "http",
        "sse": "sse"
      },
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "",
      "prompts": true,
      "fullName": true,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [
      {
        "label": "Install in Visual Studio",
        "template": "https://vs-open.link/mcp-install?{named}",
        "twice": true
      }
    ],
    "command": null,
    "file": {
      "by": "servers",
      "key": "servers"
    },
    "places": [
      [
        "Windows",
        "%USERPROFILE%\\.mcp.json"
      ],
      [
        "Project",
        "<solution>\\.mcp.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "cursor",
    "title": "Cursor",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "${env:{name}}",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [
      {
        "label": "Add to Cursor",
        "template": "cursor://anysphere.cursor-deeplink/mcp/install?name={name}&config={base64}",
        "twice": false
      }
    ],
    "command": null,
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [
      [
        "All systems",
        "~/.cursor/mcp.json"
      ],
      [
        "Project",
        ".cursor/mcp.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "claude-code",
    "title": "Claude Code",
    "dialect": {
      "types": {
        "streamable-http": "http",
        "sse": "sse"
      },
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "${{name}}",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [],
    "command": {
      "local": "claude mcp add {--env} --transport stdio {name} -- {command} {args}",
      "remote": "claude mcp add --transport {type} {name} {url} {--header}"
    },
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [
      [
        "Project",
        ".mcp.json"
      ],
      [
        "All systems",
        "~/.claude.json"
      ]
    ],
    "wraps": true,
    "notes": {}
  },
  {
    "id": "claude-desktop",
    "title": "Claude Desktop",
    "dialect": {
      "types": {},
      "urls": {},
      "secret": "",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [
      {
        "by": "claude_connector"
      }
    ],
    "command": null,
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [
      [
        "macOS",
        "~/Library/Application Support/Claude/claude_desktop_config.json"
      ],
      [
        "Windows",
        "%APPDATA%\\Claude\\claude_desktop_config.json"
      ]
    ],
    "wraps": true,
    "notes": {
      "streamable-http": "Or by hand: Settings, Connectors, Add custom connector.",
      "sse": "Or by hand: Settings, Connectors, Add custom connector."
    }
  },
  {
    "id": "codex",
    "title": "Codex",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "url"
      },
      "secret": "",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [],
    "command": {
      "by": "codex"
    },
    "file": {
      "by": "codex"
    },
    "places": [
      [
        "All systems",
        "~/.codex/config.toml"
      ]
    ],
    "wraps": false,
    "notes": {
      "streamable-http": "If the server asks you to sign in, run codex mcp login with the same name."
    }
  },
  {
    "id": "gemini-cli",
    "title": "Gemini CLI",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "httpUrl",
        "sse": "url"
      },
      "secret": "${{name}}",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [],
    "command": {
      "local": "gemini mcp add -s user {-e} {name} {command} -- {args}",
      "remote": "gemini mcp add -s user --transport {type} {name} {url} {-H}"
    },
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [
      [
        "All systems",
        "~/.gemini/settings.json"
      ],
      [
        "Project",
        ".gemini/settings.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "copilot-cli",
    "title": "Copilot CLI",
    "dialect": {
      "types": {
        "stdio": "local",
        "streamable-http": "http",
        "sse": "sse"
      },
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "${{name}}",
      "prompts": false,
      "fullName": true,
      "allHeaders": true,
      "extra": {
        "tools": [
          "*"
        ]
      },
      "joined": false,
      "env": "env"
    },
    "links": [],
    "command": {
      "local": "copilot mcp add {--env} {name} -- {command} {args}",
      "remote": "copilot mcp add --transport {type} {--header} {name} {url}"
    },
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [
      [
        "All systems",
        "~/.copilot/mcp-config.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "lm-studio",
    "title": "LM Studio",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [
      {
        "label": "Add to LM Studio",
        "template": "lmstudio://add_mcp?name={name}&config={base64}",
        "twice": false
      }
    ],
    "command": null,
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [
      [
        "macOS, Linux",
        "~/.lmstudio/mcp.json"
      ],
      [
        "Windows",
        "%USERPROFILE%\\.lmstudio\\mcp.json"
      ]
    ],
    "wraps": false,
    "notes": {
      "stdio": "Needs LM Studio 0.3.17 or later.",
      "streamable-http": "Needs LM Studio 0.3.17 or later."
    }
  },
  {
    "id": "goose",
    "title": "Goose",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [
      {
        "by": "goose"
      }
    ],
    "command": {
      "by": "goose"
    },
    "file": {
      "by": "goose"
    },
    "places": [
      [
        "macOS, Linux",
        "~/.config/goose/config.yaml"
      ],
      [
        "Windows",
        "%APPDATA%\\Block\\goose\\config\\config.yaml"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "kiro",
    "title": "Kiro",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "${{name}}",
      "prompts": false,
      "fullName": true,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [
      {
        "label": "Add to Kiro",
        "template": "https://kiro.dev/launch/mcp/add?name={name}&config={config}",
        "twice": false
      }
    ],
    "command": null,
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [
      [
        "All systems",
        "~/.kiro/settings/mcp.json"
      ],
      [
        "Project",
        ".kiro/settings/mcp.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "windsurf",
    "title": "Windsurf",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "serverUrl",
        "sse": "serverUrl"
      },
      "secret": "${env:{name}}",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [],
    "command": null,
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [
      [
        "macOS, Linux",
        "~/.codeium/windsurf/mcp_config.json"
      ],
      [
        "Windows",
        "%USERPROFILE%\\.codeium\\windsurf\\mcp_config.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "zed",
    "title": "Zed",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "url"
      },
      "secret": "",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [],
    "command": null,
    "file": {
      "by": "servers",
      "key": "context_servers"
    },
    "places": [
      [
        "macOS, Linux",
        "~/.config/zed/settings.json"
      ],
      [
        "Windows",
        "%APPDATA%\\Zed\\settings.json"
      ],
      [
        "Project",
        ".zed/settings.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "opencode",
    "title": "OpenCode",
    "dialect": {
      "types": {
        "stdio": "local",
        "streamable-http": "remote",
        "sse": "remote"
      },
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "{env:{name}}",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {
        "enabled": true
      },
      "joined": true,
      "env": "environment"
    },
    "links": [],
    "command": null,
    "file": {
      "by": "servers",
      "key": "mcp"
    },
    "places": [
      [
        "All systems",
        "~/.config/opencode/opencode.json"
      ],
      [
        "Project",
        "opencode.json"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "continue",
    "title": "Continue",
    "dialect": {
      "types": {},
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "${{ secrets.{name} }}",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [],
    "command": null,
    "file": {
      "by": "continue"
    },
    "places": [
      [
        "macOS, Linux",
        "~/.continue/config.yaml"
      ],
      [
        "Windows",
        "%USERPROFILE%\\.continue\\config.yaml"
      ]
    ],
    "wraps": false,
    "notes": {}
  },
  {
    "id": "cherry-studio",
    "title": "Cherry Studio",
    "dialect": {
      "types": {
        "stdio": "stdio",
        "streamable-http": "streamableHttp",
        "sse": "sse"
      },
      "urls": {
        "streamable-http": "baseUrl",
        "sse": "baseUrl"
      },
      "secret": "",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [
      {
        "label": "Add to Cherry Studio",
        "template": "cherrystudio://mcp/install?servers={servers}",
        "twice": false
      }
    ],
    "command": null,
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [],
    "wraps": false,
    "notes": {
      "stdio": "Or by hand: Settings, MCP, Add, Import from JSON.",
      "streamable-http": "Or by hand: Settings, MCP, Add, Import from JSON.",
      "sse": "Or by hand: Settings, MCP, Add, Import from JSON."
    }
  },
  {
    "id": "json",
    "title": "Any other client",
    "dialect": {
      "types": {
        "streamable-http": "http",
        "sse": "sse"
      },
      "urls": {
        "streamable-http": "url",
        "sse": "url"
      },
      "secret": "",
      "prompts": false,
      "fullName": false,
      "allHeaders": false,
      "extra": {},
      "joined": false,
      "env": "env"
    },
    "links": [],
    "command": null,
    "file": {
      "by": "servers",
      "key": "mcpServers"
    },
    "places": [],
    "wraps": false,
    "notes": {}
  }
];

export const TEXTS = {
  "needed": "The file reads {} from {}'s environment.",
  "tooLong": "No one-click link: with all these settings it would be longer than Windows takes.",
  "wrapped": "On Windows, {0} starts {1} by cmd: the command is cmd, its first arguments /c and {1}.",
  "unsafe": "On Windows, {0} starts {1} by cmd, which would read characters of an argument as its own: this launch is not for Windows.",
  "noTransport": "{} does not speak the SSE transport.",
  "noHeaders": "{}'s connectors cannot send the headers that this server wants.",
  "publicOnly": "{}'s connectors reach public https addresses only.",
  "bundles": "An .mcpb bundle is opened by Claude Desktop; this client cannot start it.",
  "opener": "claude-desktop",
  "openIt": "Open the downloaded file with Claude Desktop.",
  "download": "Download the bundle"
};

/** Keys of files in YAML that need no quotes. */
export const OWN_KEYS = [
  "args",
  "cmd",
  "command",
  "description",
  "enabled",
  "env",
  "envs",
  "extensions",
  "headers",
  "name",
  "requestOptions",
  "timeout",
  "type",
  "uri",
  "url"
];

export const LONGEST_LINK = 2046;
export const SCRIPTS = [
  "npx",
  "npm",
  "dnx"
];
export const GOOSE_COMMANDS = [
  "cu",
  "docker",
  "jbang",
  "npx",
  "uvx",
  "goosed",
  "npx.cmd"
];
