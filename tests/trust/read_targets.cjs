// Reads targets with tuf-js, as any program in Node would. Each job names where the metadata and the
// targets are, the folder with the state of the client, and a target; the answer is that target (in
// base64), or the name of the error with which the client refused.
const [, , modules, list] = process.argv;
const { Updater } = require(modules + "/tuf-js");
const fs = require("fs");

async function read({ base, state, target }) {
  const updater = new Updater({
    metadataBaseUrl: base + "trust",
    targetBaseUrl: base,
    metadataDir: state,
    targetDir: state + "-targets",
    config: { prefixTargetsWithHash: false },
  });
  await updater.refresh();
  const info = await updater.getTargetInfo(target);
  return { body: fs.readFileSync(await updater.downloadTarget(info), "base64") };
}

(async () => {
  const answers = [];
  for (const job of JSON.parse(list)) {
    answers.push(await read(job).catch((error) => ({ refused: error.constructor.name })));
  }
  process.stdout.write(JSON.stringify(answers));
})();
