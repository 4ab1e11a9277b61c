// Compares a packet with what a scenario expects of it, by the rules of json_match.h.

// Whether `actual` has everything `expected` has; variables that are met unset are set.
export function matches(expected, actual, variables) {
  const trial = new Map(variables);
  if (!matchValue(expected, actual, trial)) return false;
  for (const [name, value] of trial) variables.set(name, value);
  return true;
}

function matchValue(expected, actual, variables) {
  if (typeof expected === 'string') return matchText(expected, actual, variables);
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length &&
        expected.every((one, i) => matchValue(one, actual[i], variables));
  }
  if (expected !== null && typeof expected === 'object') {
    if (actual === null || typeof actual !== 'object' || Array.isArray(actual)) return false;
    return Object.entries(expected).every(([key, value]) => {
      const present = Object.hasOwn(actual, key);
      return value === '!' ? !present : present && matchValue(value, actual[key], variables);
    });
  }
  return expected === actual;
}

function matchText(expected, actual, variables) {
  if (expected === '*') return true;
  if (typeof actual !== 'string') return false;
  const dollar = expected.indexOf('$');
  if (dollar < 0 || dollar === expected.length - 1) return expected === actual;
  const name = expected.slice(dollar);
  if (!actual.startsWith(expected.slice(0, dollar))) return false;
  const rest = actual.slice(dollar);
  if (!variables.has(name)) variables.set(name, rest);
  return variables.get(name) === rest;
}
