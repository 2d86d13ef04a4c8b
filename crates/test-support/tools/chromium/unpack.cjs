// Unpacks the Chromium that @sparticuz/chromium ships: unpack.cjs PACKAGES TARGET, where PACKAGES holds node_modules.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");
const { createRequire } = require("node:module");
const { pipeline } = require("node:stream/promises");

const [packages, target] = process.argv.slice(2);
const tar = createRequire(path.join(packages, "package.json"))("tar-fs");
const shipped = path.join(packages, "node_modules/@sparticuz/chromium/bin");

const unpack = (file, into) =>
  pipeline(fs.createReadStream(path.join(shipped, file)), zlib.createBrotliDecompress(), into);

(async () => {
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  await unpack("chromium.br", fs.createWriteStream(path.join(target, "chromium"), { mode: 0o755 }));
  for (const archive of ["al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"]) await unpack(archive, tar.extract(target));
  fs.writeFileSync(path.join(target, "fonts.conf"), `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${path.join(target, "fonts")}</dir>
  <cachedir>${path.join(target, "font-cache")}</cachedir>
</fontconfig>
`);
})();
