// Draws the skill's icons from icon.svg in the folder that is named, in the sizes that the store wants. Complains about
// those that are not what it draws; with --write, writes them.
const fs = require("node:fs");
const path = require("node:path");
const { initWasm, Resvg } = require("@resvg/resvg-wasm");

async function draw(folder, write) {
  await initWasm(fs.readFileSync(require.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  const source = fs.readFileSync(path.join(folder, "icon.svg"), "utf8");
  for (const size of [108, 512]) {
    const drawn = Buffer.from(new Resvg(source, { fitTo: { mode: "width", value: size } }).render().asPng());
    const file = path.join(folder, `icon-${size}.png`);
    if (write) {
      fs.writeFileSync(file, drawn);
    } else if (!fs.existsSync(file) || !drawn.equals(fs.readFileSync(file))) {
      throw new Error(`${file} is not what icon.svg draws; run the test with UPDATE_ICONS=1`);
    }
  }
}

draw(process.argv[2], process.argv[3] === "--write").catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
