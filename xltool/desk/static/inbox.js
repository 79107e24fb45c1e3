"use strict";
// The page is renewed when a file came into the folder, but not while files are being sent or a job is running.

(() => {
  const LOOKING = 3000;
  const filed = document.getElementById("filed");

  setInterval(async () => {
    const job = document.getElementById("job");
    if (document.hidden || document.body.dataset.sending || (job && job.dataset.state === "running")) return;
    try {
      const answer = await fetch("/收表/变动", { cache: "no-store" });
      if (answer.ok && (await answer.text()) !== filed.dataset.digest && !document.body.dataset.sending) location.reload();
    } catch (error) {
      // desk.js says that the server is gone.
    }
  }, LOOKING);
})();
