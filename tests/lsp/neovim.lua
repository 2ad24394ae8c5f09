-- Attaches a headless Neovim to the server and writes what a user would see, as JSON.
-- Arguments by environment: the server's command, the folder, the file to write.
local root, command = vim.env.TRY_ROOT, vim.split(vim.env.TRY_COMMAND, " ")
local seen = {}

local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 20000) or {}
  for _, answer in pairs(answers) do
    return answer.result
  end
end

vim.cmd("edit " .. root .. "/retrieval/kb.py")
local client = vim.lsp.start_client({
  name = "tracegloss", cmd = command, root_dir = root, init_options = { show = "lens" },
})
vim.lsp.buf_attach_client(0, client)
vim.wait(60000, function() return #vim.diagnostic.get(0) >= 3 end, 50)
seen.diagnostics = vim.tbl_map(function(found)
  return { found.source, found.code, found.lnum, found.col, found.end_col }
end, vim.diagnostic.get(0))

local at = vim.diagnostic.get(0)[1]
local document = vim.lsp.util.make_text_document_params()
local hover = ask("textDocument/hover", {
  textDocument = document, position = { line = at.lnum, character = at.col },
})
seen.hover = vim.split(hover.contents.value, "\n")[1]

vim.lsp.codelens.refresh()
vim.wait(20000, function() return #vim.lsp.codelens.get(0) > 0 end, 50)
seen.lenses = vim.tbl_map(function(lens)
  return { lens.range.start.line, lens.command.title }
end, vim.lsp.codelens.get(0))

vim.cmd("edit " .. root .. "/pasted.txt")
vim.lsp.buf_attach_client(0, client)
local places = ask("textDocument/definition", {
  textDocument = vim.lsp.util.make_text_document_params(), position = { line = 0, character = 5 },
})
seen.definition = vim.tbl_map(function(place)
  return { place.uri, place.range.start.line }
end, places)

vim.lsp.stop_client(client)
seen.stopped = vim.wait(20000, function() return vim.lsp.client_is_stopped(client) end, 50)
local out = io.open(vim.env.TRY_OUT, "w")
out:write(vim.fn.json_encode(seen))
out:close()
vim.cmd("qa!")
