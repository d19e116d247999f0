import type { CompletedCommand, Expected } from './model.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * The completion script of a shell. All three go the same way: from the words before the cursor to the command and the
 * place in it, and from there to what is expected.
 * @param program what users type to run it.
 */
export function completionScript(shell: Shell, program: string, commands: readonly CompletedCommand[]): string {
  const name = program.replaceAll(/\W/g, '_');
  const tables = shell === 'fish' ? fishTables(name, commands) : posixTables(name, commands);
  const rest = { bash: bashRest, zsh: zshRest, fish: fishRest }[shell](name, program);
  const head = shell === 'zsh' ? `#compdef ${program}\n` : '';
  return `${head}# Completion of ${program} for ${shell}, made by "${program} completion ${shell}".\n\n${tables}\n${rest}`;
}

/** `service`, `file`, `any`, or `choices` and the choices. */
function expectation(expects: Expected): string {
  return expects.kind === 'choices' ? `choices ${expects.choices.join(' ')}` : expects.kind;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function posixTables(name: string, commands: readonly CompletedCommand[]): string {
  const words = commands.map(({ path, words: all }) => {
    const lines = all.map(({ word, does }) => ` \\\n      ${quoted(word)} ${quoted(does)}`).join('');
    return `    ${quoted(path)}) ${all.length === 0 ? ':' : `printf '%s\\t%s\\n'${lines}`} ;;`;
  });
  const expected = commands.flatMap(({ path, expected: all }) =>
    all.map(({ at, expects }) => `    ${quoted(`${path}|${at}`)}) echo ${quoted(expectation(expects))} ;;`),
  );
  return `# The commands and options of a command: word, tab, what it does. Fails for what is not a command.
_${name}_words() {
  case "$1" in
${words.join('\n')}
    *) return 1 ;;
  esac
}

# What is expected after an option, or as an argument: "list|--phase", "status|1". Fails where nothing is.
_${name}_expected() {
  case "$1" in
${expected.join('\n')}
    *) return 1 ;;
  esac
}

# The names of the services that the stack knows, asked as the words of the line say.
_${name}_services() {
  local program="$1" word takes=
  local -a where
  where=()
  shift
  for word in "$@"; do
    if [[ -n $takes ]]; then
      where+=("$word")
      takes=
      continue
    fi
    case "$word" in
      --local | --local=*) where+=("$word") ;;
      --stack | --api) where+=("$word") takes=1 ;;
    esac
  done
  "$program" list --json "\${where[@]}" 2>/dev/null |
    sed -n 's/^{"account":"[0-9]*","region":"[^"]*","name":"\\([^"]*\\)".*/\\1/p' | sort -u
}
`;
}

/** Sets `at`, `option` and `place` from the words before the cursor. */
function posixWalk(name: string, array: string): string {
  return `    word="\${${array}[i]}"
    if [[ -n $option ]]; then
      option=
    elif [[ $word == -* ]]; then
      _${name}_expected "$at|$word" >/dev/null && option="$word"
    elif _${name}_words "\${at:+$at }$word" >/dev/null; then
      at="\${at:+$at }$word"
    else
      place=$((place + 1))
    fi`;
}

const posixExpects = (name: string): string => `  local expects=
  if [[ -n $option ]]; then
    expects="$(_${name}_expected "$at|$option")"
  elif [[ $current != -* ]]; then
    expects="$(_${name}_expected "$at|$place")"
  fi`;

function bashRest(name: string, program: string): string {
  return `_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" at= option= place=1 word i
  local IFS=$'\\n'
  for ((i = 1; i < COMP_CWORD; i++)); do
${posixWalk(name, 'COMP_WORDS')}
  done
${posixExpects(name)}
  COMPREPLY=()
  case "$expects" in
    service) COMPREPLY=($(compgen -W "$(_${name}_services "\${COMP_WORDS[@]:0:COMP_CWORD}")" -- "$current")) ;;
    file) COMPREPLY=($(compgen -f -- "$current")) ;;
    choices*) COMPREPLY=($(compgen -W "$(tr ' ' '\\n' <<<"\${expects#choices }")" -- "$current")) ;;
    any) ;;
    *) COMPREPLY=($(compgen -W "$(_${name}_words "$at" | cut -f 1)" -- "$current")) ;;
  esac
}
complete -F _${name} ${program}
`;
}

function zshRest(name: string, program: string): string {
  return `_${name}() {
  local current="\${words[CURRENT]}" at= option= place=1 word i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
${posixWalk(name, 'words')}
  done
${posixExpects(name)}
  case "$expects" in
    service) compadd -- \${(f)"$(_${name}_services "\${(@)words[1,CURRENT-1]}")"} ;;
    file) _files ;;
    choices*) compadd -- \${=expects#choices } ;;
    any) ;;
    *)
      found=(\${(f)"$(_${name}_words "$at")"})
      found=("\${(@)found//$'\\t'/:}")
      _describe word found
      ;;
  esac
}
if [[ \${funcstack[1]} == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${program}
fi
`;
}

function fishTables(name: string, commands: readonly CompletedCommand[]): string {
  const words = commands.map(({ path, words: all }) => {
    const lines = all.map(({ word, does }) => ` \\\n                ${fishQuoted(word)} ${fishQuoted(does)}`).join('');
    return `        case ${fishQuoted(path)}\n            ${all.length === 0 ? 'true' : `printf '%s\\t%s\\n'${lines}`}`;
  });
  const expected = commands.flatMap(({ path, expected: all }) =>
    all.map(
      ({ at, expects }) =>
        `        case ${fishQuoted(`${path}|${at}`)}\n            echo ${fishQuoted(expectation(expects))}`,
    ),
  );
  return `# The commands and options of a command: word, tab, what it does. Fails for what is not a command.
function __${name}_words
    switch "$argv[1]"
${words.join('\n')}
        case '*'
            return 1
    end
end

# What is expected after an option, or as an argument: "list|--phase", "status|1". Fails where nothing is.
function __${name}_expected
    switch "$argv[1]"
${expected.join('\n')}
        case '*'
            return 1
    end
end

# The names of the services that the stack knows, asked as the words of the line say.
function __${name}_services
    set -l where
    set -l takes 0
    for word in $argv[2..-1]
        if test $takes = 1
            set -a where $word
            set takes 0
            continue
        end
        switch $word
            case --local '--local=*'
                set -a where $word
            case --stack --api
                set -a where $word
                set takes 1
        end
    end
    $argv[1] list --json $where 2>/dev/null |
        sed -n 's/^{"account":"[0-9]*","region":"[^"]*","name":"\\\\([^"]*\\\\)".*/\\\\1/p' | sort -u
end
`;
}

function fishRest(name: string, program: string): string {
  return `function __${name}
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l at ''
    set -l option ''
    set -l place 1
    for word in $words[2..-1]
        if test -n "$option"
            set option ''
        else if string match -q -- '-*' $word
            __${name}_expected "$at|$word" >/dev/null; and set option $word
        else if __${name}_words (string trim "$at $word") >/dev/null
            set at (string trim "$at $word")
        else
            set place (math $place + 1)
        end
    end
    set -l expects ''
    if test -n "$option"
        set expects (__${name}_expected "$at|$option")
    else if not string match -q -- '-*' "$current"
        set expects (__${name}_expected "$at|$place"); or set expects ''
    end
    switch "$expects"
        case service
            __${name}_services $words
        case file
            __fish_complete_path "$current"
        case 'choices *'
            string split ' ' (string replace 'choices ' '' "$expects")
        case any
        case '*'
            __${name}_words "$at"
    end
end
complete -c ${program} -f -a '(__${name})'
`;
}
