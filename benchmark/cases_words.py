"""How a case is written, and the words that many share."""

CARGO = '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n'
NPM = '{"name": "shop", "version": "1.0.0", "private": true, "scripts": {%s}}\n'
CALM = 'echo "Linting... 0 errors, 0 warnings"'
DECOY = 'echo "warning: config key error_page is deprecated, ignored"; echo "checked error_handler.js, failed_login.py: 0 failed"'


def case(id, tool, category, commands, cause, must, files=None, **more):
    return dict(id=id, tool=tool, category=category, commands=[commands] if isinstance(commands, str) else commands,
                cause=cause, must=must, files=files or {}, **more)
