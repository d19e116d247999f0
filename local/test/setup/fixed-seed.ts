import fc from 'fast-check';

/** Runs before every test file: what is drawn is the same in every run. `npm run prove -- checks` draws with other seeds. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
