-- Does in a headless Neovim what a user does, and writes what that user then sees, as JSON.
-- The settings are those of docs/editors.md, and the current folder is the one to look at.
-- By environment: TRY_SPAN (a span id of trace.json there), TRY_OUT (the file to write).
local seen = {}
local LONGEST_MS = 90000

local function await(what, condition)
  if not vim.wait(LONGEST_MS, condition, 20) then
    error("waited in vain for " .. what)
  end
end

local function here()
  local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ":t")
  return { name, vim.api.nvim_win_get_cursor(0)[1], vim.api.nvim_win_get_cursor(0)[2] }
end

local function go_to_definition()
  local from = vim.api.nvim_get_current_buf()
  vim.lsp.buf.definition()
  await("the definition", function() return vim.api.nvim_get_current_buf() ~= from end)
  return here()
end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
    end
  end
end

local function watch()
  await("diagnostics", function() return #vim.diagnostic.get(0) >= 3 end)
  seen.diagnostics = vim.tbl_map(function(found)
    return { found.source, found.code, found.lnum, found.col, found.end_col }
  end, vim.diagnostic.get(0))
end

local function hover()
  local at = vim.diagnostic.get(0)[1]
  vim.api.nvim_win_set_cursor(0, { at.lnum + 1, at.col })
  vim.lsp.buf.hover()
  await("a hover", floating_text)
  seen.hover = floating_text()
end

local function lenses()
  local function marks()
    local space = vim.api.nvim_get_namespaces()["vim_lsp_codelens:" .. tracegloss]
    return space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}
  end
  -- The server has none while it loads; a person's cursor rests again and again.
  await("lenses", function()
    vim.cmd("doautocmd CursorHold")
    return #marks() > 0
  end)
  seen.lenses = vim.tbl_map(function(mark)
    return { mark[2], mark[4].virt_text[1][1] }
  end, marks())
end

local function act()
  local offered = {}
  vim.ui.select = function(items, options, choose)
    offered = vim.tbl_map(options.format_item, items)
    choose(items[1], 1)
  end
  local before = #vim.diagnostic.get(0)
  vim.lsp.buf.code_action()
  await("the action", function() return #vim.diagnostic.get(0) < before end)
  seen.actions, seen.left = offered, #vim.diagnostic.get(0)
  seen.changed = vim.bo.modified
  vim.cmd("silent write")
end

local function go_to_code()
  vim.cmd("edit trace.json")
  vim.fn.search(vim.env.TRY_SPAN)
  seen.from_span = go_to_definition()
  vim.cmd("edit pasted.txt")
  seen.from_stack = go_to_definition()
  vim.lsp.buf.workspace_symbol("search_know")
  await("symbols", function() return #vim.fn.getqflist() > 0 end)
  seen.symbols = vim.tbl_map(function(item)
    return { vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ":t"), item.lnum, item.text }
  end, vim.fn.getqflist())
end

local function leave()
  vim.lsp.stop_client(tracegloss)
  await("the end", function() return vim.lsp.client_is_stopped(tracegloss) end)
end

local function use()
  vim.cmd("edit retrieval/kb.py")
  watch()
  hover()
  lenses()
  act()
  go_to_code()
  leave()
end

local went_well, why = pcall(use)
seen.error = not went_well and why or nil
local out = io.open(vim.env.TRY_OUT, "w")
out:write(vim.fn.json_encode(seen))
out:close()
vim.cmd("qa!")
